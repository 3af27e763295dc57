// worker.js: an engine that answers messages {id, call, args} one after the other.

import { Engine } from './engine.js';

/** @type {Promise<Engine>|undefined} */
let engine;
/** @type {Promise<unknown>} */
let last = Promise.resolve();

/** @param {number} id @param {string} call @param {any[]} args */
async function answer(id, call, args) {
  try {
    if (call === 'start') {
      engine = Engine.start(args[0], args[1]);
      await engine;
      postMessage({ id });
      return;
    }
    const e = /** @type {Engine} */ (await engine);
    if (call === 'detect' || call === 'findObjects') {
      const result = await e[call](args[0], args[1], args[2]);
      args[0].close?.();
      postMessage({ id, result });
    } else if (call === 'prepare' || call === 'prepareObjects') {
      await e[call](args[0], (state) => postMessage({ id, progress: state }));
      postMessage({ id });
    } else if (call === 'memory') {
      postMessage({ id, result: e.memory });
    }
  } catch (error) {
    const e = /** @type {any} */ (error);
    args[0]?.close?.();
    postMessage({ id, error: { code: e.code, text: e.message } });
  }
}

addEventListener('message', ({ data: { id, call, args } }) => {
  last = last.then(() => answer(id, call, args));
});
