// timing.mjs: what the peers' programs share.
import { createRequire } from 'node:module';

/** CommonJS modules of the folder this file was installed into. */
export const require = createRequire(import.meta.url);

/** Middle value of a list of numbers. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]
    : (sorted[half - 1] + sorted[half]) / 2;
}

let now = () => performance.now();

/** From here on, count the processor's time of this process: for comparing at
 * one thread while the machine does other work. */
export function countProcessorTime() {
  now = () => {
    const used = process.cpuUsage();
    return (used.user + used.system) / 1e3;
  };
}

/** Milliseconds that one call of an asynchronous function takes. */
export async function timed(call) {
  const start = now();
  await call();
  return now() - start;
}

/** Milliseconds of calls repeated for a time, but no fewer than `least`. */
export async function repeat(call, seconds, least) {
  const ms = [];
  const end = performance.now() + seconds * 1e3;
  while (ms.length < least || performance.now() < end) {
    ms.push(await timed(call));
  }
  return ms;
}

/** `--name value` and bare words of a command line. */
export function options(argv, defaults) {
  const opt = { ...defaults };
  const rest = [];
  for (let i = 0; i < argv.length; i++) {
    const name = argv[i].startsWith('--') ? argv[i].slice(2) : null;
    if (name === null) rest.push(argv[i]);
    else if (!(name in opt)) throw new Error(`unknown option --${name}`);
    else if (typeof opt[name] === 'boolean') opt[name] = true;
    else opt[name] = argv[++i];
  }
  return { opt, rest };
}
