// variant.js: which of the builds of the library an engine can run.
//
// mien-relaxed.wasm has multiply-adds that are rounded once, where the processor has them: it is
// the faster one, and its numbers differ from the other's in the last digits. mien-threads.wasm
// and mien-threads-relaxed.wasm are the same over memory that threads share.

/** A function of one instruction of relaxed SIMD, i8x16.relaxed_swizzle. */
const RELAXED = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253,
  15, 65, 2, 253, 15, 253, 128, 2, 11]);

/** Whether the engine has relaxed SIMD. */
export function hasRelaxed() {
  return WebAssembly.validate(RELAXED);
}

/** The file to fetch, beside this one. @param {number} [threads] */
export function wasmUrl(threads = 1) {
  if (threads > 1)
    return hasRelaxed() ? new URL('./mien-threads-relaxed.wasm', import.meta.url)
      : new URL('./mien-threads.wasm', import.meta.url);
  return hasRelaxed() ? new URL('./mien-relaxed.wasm', import.meta.url)
    : new URL('./mien.wasm', import.meta.url);
}
