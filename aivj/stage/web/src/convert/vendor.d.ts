// The two published packages ship no types; these are the parts that are used.

declare module "hlslparser-js" {
  interface HlslModule {
    // An emscripten module is "thenable", and stays so unless the property is deleted.
    then?: (ready: (module: HlslModule) => void) => void;
    cwrap(name: string, returns: string, takes: string[]): (...values: string[]) => string;
  }
  export default function createModule(options: {
    print: (text: string) => void;
    printErr: (text: string) => void;
  }): HlslModule;
}

declare module "milkdrop-preset-utils" {
  interface SplitWave {
    baseVals: Record<string, number>;
    init_eqs_str: string;
    frame_eqs_str: string;
    point_eqs_str: string;
  }
  interface SplitPreset {
    presetVersion: number;
    baseVals: Record<string, number>;
    presetInit: string;
    perFrame: string;
    perVertex: string;
    waves: SplitWave[];
    shapes: Omit<SplitWave, "point_eqs_str">[];
    warp: string;
    comp: string;
  }
  const utils: { splitPreset(text: string): SplitPreset };
  export default utils;
}
