// The control surface: what people see beside the picture, and what they do there.

import { isProfile, PROFILES } from "../../director/macros.ts";
import { element, fillSelect, markWired } from "../../page/elements.ts";
import type { AutoAdvance } from "../auto.ts";
import type { Catalogue } from "../catalogue.ts";
import type { Conductor } from "../conductor.ts";
import type { Favourites } from "../favourites.ts";
import type { Load } from "../load/load.ts";
import type { Mixer } from "../mixer.ts";
import type { Preparation } from "../preparation.ts";
import type { Screen } from "../screen.ts";
import type { Show } from "../show.ts";
import type { Store } from "../shuffle.ts";
import type { Ear } from "../sound/ear.ts";
import type { Sound } from "../sound/sound.ts";
import { Dock } from "./dock.ts";
import { hintOnce, IdleWatch } from "./idle.ts";
import { LibraryPanel } from "./library_panel.ts";
import { LookPanel } from "./look_panel.ts";
import { beatText, musicText, Overlay } from "./overlay.ts";
import { Panels } from "./panels.ts";
import { type Action, listenToKeys } from "./shortcuts.ts";
import { SoundPanel } from "./sound_panel.ts";

interface SurfaceParts {
  readonly show: Show;
  readonly conductor: Conductor;
  readonly auto: AutoAdvance;
  readonly favourites: Favourites;
  readonly mixer: Mixer;
  readonly sound: Sound;
  readonly ear: Ear;
  readonly load: Load;
  readonly screen: Screen;
  readonly preparation: Preparation;
  /** Keeps what people set. */
  readonly store: Store;
}

const REFRESH_MS = 125;
/** As the runtime has them. */
const FOLLOWS_KEY = "nw.aivj.enabled";
const PROFILE_KEY = "nw.aivj.profile";

export class Surface {
  readonly #parts: SurfaceParts;
  readonly #dock: Dock;
  readonly #library: LibraryPanel;
  readonly #sound: SoundPanel;
  readonly #look: LookPanel;
  readonly #overlay = new Overlay();
  readonly #panels: Panels;
  readonly #idle: IdleWatch;
  #refreshedMs = 0;

  constructor(parts: SurfaceParts) {
    this.#parts = parts;
    const { show, auto, mixer, sound } = parts;
    this.#dock = new Dock(auto, {
      next: () => this.#perform("next"),
      hold: () => this.#perform("hold"),
      favourite: () => this.#perform("favourite"),
      random: () => this.#perform("random"),
      fullscreen: () => this.#perform("fullscreen"),
    });
    this.#library = new LibraryPanel({
      open: (name) => show.open(name),
      choose: (choiceId) => show.choose(choiceId),
      recall: (favourite) => show.recall(favourite),
    });
    this.#sound = new SoundPanel(sound, mixer.drive);
    this.#look = new LookPanel(mixer);
    this.#panels = new Panels(() => this.#listChoices());
    element("overlay-toggle", HTMLButtonElement).addEventListener("click", () =>
      this.#perform("overlay"),
    );
    this.#idle = new IdleWatch(
      () => this.#panels.isOpen || document.body.dataset.status !== "idle",
      () => hintOnce(parts.store),
    );
    this.#connectDirector();
    this.#library.showFavourites(parts.favourites);
    listenToKeys((action) => this.#perform(action));
    markWired("visual-random", "visual-favorite", "visual-favorite-count");
  }

  offer(catalogue: Catalogue): void {
    this.#library.offer(catalogue, this.#parts.show.programme.name);
    this.#sound.offer(catalogue.music);
  }

  /** Nothing can be played: what can be is a choice away. */
  askForProgramme(): void {
    this.#panels.open("library");
  }

  /** Another programme is played, or has become ready. */
  listProgramme(): void {
    this.#listChoices();
  }

  /** Something else of the programme is shown. */
  markShown(): void {
    this.#library.mark(this.#parts.show.nowPlaying?.choiceId ?? "");
  }

  /** Goes on by a frame; most change nothing. */
  advance(nowMs: number): void {
    const { ear, show } = this.#parts;
    // Words and level are of one moment, whoever looks.
    const isOther = this.#sound.say(ear.isSilent(nowMs));
    if (!isOther && nowMs - this.#refreshedMs < REFRESH_MS) return;
    this.#refreshedMs = nowMs;
    this.#sound.show(ear.loudness.rms);
    this.#dock.show(show.isFavourite, nowMs);
    this.#look.show(nowMs);
    if (this.#overlay.isOpen) this.#showFigures(nowMs);
  }

  #perform(action: Action): void {
    const { show, auto, favourites, sound } = this.#parts;
    this.#idle.wake();
    switch (action) {
      case "next":
        show.next({ reason: "button", asked: true });
        break;
      case "hold":
        auto.held = !auto.held;
        break;
      case "favourite":
        show.toggleFavourite();
        this.#library.showFavourites(favourites);
        break;
      case "random":
        show.random();
        break;
      case "auto":
        this.#dock.toggleAuto();
        break;
      case "play":
        sound.toggle();
        break;
      case "opacity-up":
        this.#look.stepOpacity(1);
        break;
      case "opacity-down":
        this.#look.stepOpacity(-1);
        break;
      case "overlay":
        this.#overlay.toggle();
        break;
      case "fullscreen":
        toggleFullscreen();
        break;
      case "close":
        this.#panels.close();
        break;
      default:
        this.#panels.toggle(action);
    }
  }

  #listChoices(): void {
    this.#library.list(this.#parts.show.programme.choices);
    this.markShown();
  }

  #connectDirector(): void {
    const { conductor, store } = this.#parts;
    const follows = element("auto-techno-toggle", HTMLInputElement);
    conductor.followsMusic = store.getItem(FOLLOWS_KEY) !== "false";
    follows.checked = conductor.followsMusic;
    follows.addEventListener("change", () => {
      conductor.followsMusic = follows.checked;
      store.setItem(FOLLOWS_KEY, String(follows.checked));
    });
    const profiles = element("techno-profile-select", HTMLSelectElement);
    const kept = store.getItem(PROFILE_KEY);
    if (isProfile(kept)) conductor.profile = kept;
    fillSelect(
      profiles,
      PROFILES.map((name) => ({ id: name, label: name })),
      conductor.profile,
    );
    profiles.addEventListener("change", () => {
      if (isProfile(profiles.value)) conductor.profile = profiles.value;
      store.setItem(PROFILE_KEY, profiles.value);
    });
  }

  #showFigures(nowMs: number): void {
    const { show, conductor, ear, load, screen, preparation } = this.#parts;
    const { moment } = conductor;
    const playing = show.nowPlaying;
    const { rms, peak, gain } = ear.loudness;
    const { width, height } = screen.size;
    const rows = {
      "inspector-programme": show.programme.name,
      "inspector-fg": playing?.presetIds.fg ?? "",
      "inspector-bg": playing?.presetIds.bg ?? "",
      "inspector-why": playing?.why ?? "",
      "inspector-ahead": preparation.aheadKey ?? "nothing",
      "inspector-music": musicText(moment),
      "inspector-accent": ear.accents.path(ear.intensity01(nowMs) ?? 0),
      "diagnostics-sound": `RMS ${rms.toFixed(4)} · peak ${peak.toFixed(3)} · gain ${gain.toFixed(2)}`,
      "diagnostics-accent": ear.accents.figures(nowMs),
      "diagnostics-beat": beatText(ear.features),
      "diagnostics-frames":
        `${load.gaps.framesPerS().toFixed(0)} frames/s · p95 ${load.gaps.p95Ms().toFixed(0)} ms · ` +
        `page ${load.work.p95Ms().toFixed(1)} ms`,
      "diagnostics-picture": `${width}x${height} · level ${load.level}`,
      "diagnostics-renderer": screen.renderer,
    };
    const intensity = ear.intensity01(nowMs) ?? 0;
    const features = ear.features;
    this.#overlay.show(rows, {
      ...moment?.macros,
      intensity,
      energy: features?.energy01 ?? 0,
      beat: features?.beatPulse01 ?? 0,
    });
  }
}

function toggleFullscreen(): void {
  const change =
    document.fullscreenElement === null
      ? document.documentElement.requestFullscreen()
      : document.exitFullscreen();
  // A browser that refuses leaves the page as it is.
  change.catch(() => {});
}
