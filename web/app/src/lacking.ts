// lacking.ts: whether this browser can run the library.

/** What this browser lacks of what the library needs; empty where it can run. */
export function lacking(): string[] {
  // (func (result v128) (i8x16.splat (i32.const 0))) and no more
  const simd = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0,
    10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11]);
  const lacks: string[] = [];
  if (typeof WebAssembly !== 'object')
    lacks.push('WebAssembly');
  else if (!WebAssembly.validate(simd))
    lacks.push('WebAssembly SIMD');
  if (typeof Worker !== 'function')
    lacks.push('Worker');
  if (typeof OffscreenCanvas !== 'function')
    lacks.push('OffscreenCanvas');
  return lacks;
}
