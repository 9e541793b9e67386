// The published package ships no types; these are the parts that are used.

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
