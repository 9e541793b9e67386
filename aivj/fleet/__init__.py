"""The same work on Ray: render fleet, Ray Train, Ray Tune. The only room that knows Ray."""
