// helper.js: a thread of the library: a worker that shares the memory of an engine and draws
// tasks of its pool. It runs inner loops only and never allocates.

const NOT_THERE = 52;

/**
 * @param {{module: WebAssembly.Module, memory: WebAssembly.Memory, pool: number, lane: number,
 *   stack: number}} task
 * @param {(text: string) => void} say
 */
async function work({ module, memory, pool, lane, stack }, say) {
  const system = new Proxy({}, { get: () => () => NOT_THERE, has: () => true });
  const { exports } = await WebAssembly.instantiate(module,
    { env: { memory }, wasi_snapshot_preview1: system });
  /** @type {WebAssembly.Global} */ (exports.__stack_pointer).value = stack;
  say('ready');
  /** @type {Function} */ (exports.pool_work)(pool, lane);
}

if (typeof addEventListener === 'function' && typeof postMessage === 'function') {
  addEventListener('message', ({ data }) => {
    work(data, (text) => postMessage(text)).then(() => close(), (e) => {
      postMessage(`failed: ${e.message}`);
    });
  });
} else {
  const threads = 'node:worker_threads'; // a name that bundlers for pages do not look for
  void import(/* @vite-ignore */ /* webpackIgnore: true */ threads).then(({ parentPort }) => {
    parentPort.once('message', (/** @type {any} */ data) => {
      work(data, (text) => parentPort.postMessage(text)).catch((e) => {
        parentPort.postMessage(`failed: ${e.message}`);
      });
    });
  });
}
