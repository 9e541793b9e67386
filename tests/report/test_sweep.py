from aivj.contracts.sweep import SweepTable, SweptConfiguration
from aivj.report.sweep import write_sweep_page


def configuration(objective, **config):
    return SweptConfiguration(config=config, objective=objective, spread=0.02, metrics={})


def test_the_best_come_first_and_each_swept_option_has_a_chart(tmp_path):
    path = tmp_path / "page.html"
    table = SweepTable(
        results=[
            configuration(0.71, epochs=8, neg_weight=0.125, dropout=0.1),
            configuration(0.64, epochs=2, neg_weight=0.5, dropout=0.3),
            configuration(None, epochs=4, neg_weight=0.9, dropout=0.2),
        ]
    )
    write_sweep_page(
        path,
        table,
        swept={"neg_weight": (0.01, 1.0, True), "dropout": (0.0, 0.5, False)},
        structure=("epochs",),
        facts=[("rows", "7")],
        notes=["one was left out"],
    )
    html = path.read_text()
    for text in ("0.710 ± 0.020", "Best: epochs 8, neg_weight 0.125, dropout 0.1", "one was left"):
        assert text in html
    assert "Objective and neg weight" in html
    assert "objective of 2 configurations against dropout" in html
