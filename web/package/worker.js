// worker.js: an engine that answers messages {id, call, args} one after the other.

import { Engine } from './engine.js';

/** @type {Promise<Engine>|undefined} */
let engine;
/** @type {Promise<unknown>} */
let last = Promise.resolve();

/** @param {number} id @param {string} call @param {any[]} args */
async function answer(id, call, args) {
  try {
    let result;
    if (call === 'start') {
      engine = Engine.start(args[0], args[1], args[2]);
      result = (await engine).threads;
    } else {
      const e = /** @type {Engine} */ (await engine);
      result = await e.call(call, args, (state) => postMessage({ id, progress: state }));
    }
    postMessage({ id, result });
  } catch (error) {
    const e = /** @type {any} */ (error);
    postMessage({ id, error: { code: e.code, text: e.message } });
  }
}

addEventListener('message', ({ data: { id, call, args } }) => {
  last = last.then(() => answer(id, call, args));
});
