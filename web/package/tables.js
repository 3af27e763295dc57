// tables.js: tables of CSV files, described and drawn from, and models that were trained on such.

import { Holder } from './held.js';
import { MienError, choice } from './library.js';

/** @typedef {import('./library.js').Library} Library */
/** @typedef {import('./models.js').Progress} Progress */

const HEADERS = ['first', 'always', 'none'];
const DATES = ['any', 'iso', 'mdy', 'dmy', 'epoch'];
const ENCODINGS = ['any', 'utf-8', 'utf-16', 'cp1252', 'latin-1'];
const KINDS = ['scatter', 'line', 'histogram', 'box', 'matrix'];
const FITS = { linear: 1, quadratic: 2, robust: 4 };
const MEASURES = ['pearson', 'spearman'];
const MOST_BYTES = 2 ** 31;

/**
 * @typedef {object} Reading how a file is read; what is not said is found
 * @property {string} [delimiter] one character, or 'tab'
 * @property {'first'|'always'|'none'} [header] 'first': refused where all its fields are numbers
 * @property {string} [decimal] one character; default '.'
 * @property {string} [thousands] one character
 * @property {'any'|'iso'|'mdy'|'dmy'|'epoch'} [dates] what day and month are, as numbers
 * @property {'any'|'utf-8'|'utf-16'|'cp1252'|'latin-1'} [encoding]
 * @property {number} [skip] lines before the header
 * @property {string} [comment] lines that begin with this character are passed over
 * @property {string} [quote] around fields; 'none'
 * @property {boolean} [strict] what is not as RFC 4180 has it is refused
 */

/** @typedef {{name: string, type: 'number'|'text', missing: number}} Column */

/**
 * @typedef {object} TableInfo
 * @property {number} rows
 * @property {Column[]} columns
 * @property {string[]} notes what was not as it should be in the file
 */

/**
 * @typedef {object} Plot what is drawn; columns by name or number
 * @property {'scatter'|'line'|'histogram'|'box'|'matrix'} [kind] default 'scatter'
 * @property {string|number} [x]
 * @property {string|number} [y]
 * @property {string|number} [by] a panel, colour or box for each of its values
 * @property {('linear'|'quadratic'|'robust')[]} [fit]
 * @property {number} [width] pixels, for the number of ticks; default 900
 * @property {number} [height] default 640
 */

/**
 * @typedef {object} Axis
 * @property {string} name
 * @property {number} from
 * @property {number} to
 * @property {boolean} log
 * @property {{at: number, text: string}[]} ticks
 * @property {string[]} [names] of boxes: at 0, 1, ...
 */

/**
 * @typedef {object} Layer x and y as `mien table plot -o f.json` has them: of bars x has the left
 *   and right edge of each; a box's y are low, quartile, median, quartile, high, what lies beyond
 * @property {'points'|'line'|'steps'|'bars'|'box'|'hline'|'vline'} kind
 * @property {string|null} name
 * @property {(number|null)[]} [x]
 * @property {(number|null)[]} [y]
 */

/**
 * @typedef {{row: number, column: number, title: string, x: Axis, y: Axis,
 *   layers: Layer[]}} Panel
 */

/**
 * @typedef {object} Fit how the two columns of a panel go together; null: cannot be computed
 * @property {string|null} group
 * @property {number} rows that have both values
 * @property {number|null} r Pearson's
 * @property {number|null} rank_r Spearman's
 * @property {number|null} intercept of the line of least squares
 * @property {number|null} slope
 * @property {number|null} r2
 * @property {number|null} deviation
 */

/**
 * @typedef {object} Figure
 * @property {{rows: number, columns: number, title: string, panels: Panel[]}} figure
 * @property {Fit[]} fits
 * @property {string[]} remarks curves that could not be fitted
 */

/**
 * @typedef {{count: number, missing: number, distinct: number, mean?: number|null,
 *   std?: number|null, min?: number|null, '25%'?: number|null, '50%'?: number|null,
 *   '75%'?: number|null, max?: number|null, first?: string|null, last?: string|null}} Summary
 *   of a column; std is of a sample; texts have the counts only, dates first and last
 */

/**
 * @typedef {object} Description
 * @property {Record<string, Summary>} [columns] without `by`
 * @property {string} [by]
 * @property {{value: string|number, rows: number, columns: Record<string, Summary>,
 *   correlation?: Correlation}[]} [groups]
 * @property {Correlation} [correlation] without `by`
 */

/**
 * @typedef {object} Correlation
 * @property {string} kind
 * @property {string[]} columns
 * @property {(number|null)[][]} matrix
 */

/**
 * @typedef {object} TabularInfo
 * @property {string} kind 'logistic' or 'autoencoder'
 * @property {string} label the column that it tells
 * @property {string} positive its value that is the event
 * @property {number} threshold scores from here on are alarms
 * @property {number} window rows that a score looks at
 * @property {{name: string, type: 'number'|'text', levels: string[]}[]} columns it wants
 */

/**
 * @typedef {object} PredictWish
 * @property {number} [threshold] default: the model's
 * @property {number} [top] columns that contribute most, for each row; default 3
 * @property {number} [highest] rows with the highest scores to tell of; default 100
 * @property {boolean} [csv] true: with a line for every row, as `mien predict` writes them
 */

/**
 * @typedef {object} Scored a row that stands out
 * @property {number} row from 1
 * @property {number} score
 * @property {boolean} alarm
 * @property {{name: string, contribution: number}[]} top
 */

/**
 * @typedef {object} Prediction
 * @property {string} kind
 * @property {string} label
 * @property {string} positive
 * @property {number} threshold
 * @property {number} window
 * @property {number} rows
 * @property {number} scored rows that have a score
 * @property {number} alarms
 * @property {{name: string, missing: number, unseen: number}[]} columns values that were not
 *   there, texts that the model has never seen
 * @property {Scored[]} highest
 * @property {Blob} [csv]
 */

/** @param {string} what @param {string|undefined} text the code of one character; 0: not said */
function character(what, text) {
  if (text === undefined || text === '')
    return 0;
  const named = { tab: 9, none: 1 }[text];
  if (named)
    return named;
  if (text.length !== 1 || text.charCodeAt(0) > 126)
    throw new MienError('EARG', `${what}: "${text}"; one character of ASCII is wanted`);
  return text.charCodeAt(0);
}

/** Whole numbers of four bytes. @param {Library} lib @param {number[]} numbers */
function putWhole(lib, numbers) {
  const view = lib.view();
  numbers.forEach((n, i) => view.setInt32(lib.scratch + 4 * i, n, true));
  return lib.scratch;
}

/** How to read as a web_csv. @param {Library} lib @param {Reading} how */
function putReading(lib, how) {
  return putWhole(lib, [character('delimiter', how.delimiter),
    choice('header', HEADERS, how.header ?? 'first'), character('decimal', how.decimal),
    character('thousands', how.thousands), choice('dates', DATES, how.dates ?? 'any'),
    choice('encoding', ENCODINGS, how.encoding ?? 'any'), how.skip ?? 0,
    character('comment', how.comment), character('quote', how.quote), how.strict ? 1 : 0]);
}

/** Lines of a text. @param {string} text */
const lines = (text) => text.split('\n').filter((line) => line);

// ---- a file into the library's memory

/**
 * Pieces of a file, unpacked where it is packed; an error names the file.
 * @param {Blob} file
 */
async function piecesOf(file) {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  /** @type {ReadableStream<any>} */
  const stream = file.stream();
  return { packed, reader: (packed ? stream.pipeThrough(
    /** @type {any} */ (new DecompressionStream('gzip'))) : stream).getReader() };
}

/**
 * The bytes of a file, in the library's memory.
 * @param {Library} lib @param {Blob} file @param {Progress} [progress]
 */
async function takeFile(lib, file, progress) {
  const { packed, reader } = await piecesOf(file);
  let room = packed ? Math.min(Math.max(4 * file.size, 1 << 16), MOST_BYTES) : file.size;
  if (room > MOST_BYTES && !packed)
    throw new MienError('ELIMIT', `table: ${file.size} bytes, at most are ${MOST_BYTES}`);
  let at = lib.alloc(room);
  let n = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done)
        return { at, n };
      if (n + value.length > MOST_BYTES)
        throw new MienError('ELIMIT', `table: more than ${MOST_BYTES} bytes when unpacked`);
      if (n + value.length > room) {
        room = n + value.length + (n >> 1);
        const larger = lib.alloc(room);
        new Uint8Array(lib.view().buffer).copyWithin(larger, at, at + n);
        lib.c.web_release(at);
        at = larger;
      }
      new Uint8Array(lib.view().buffer).set(value, at + n);
      n += value.length;
      progress?.({ file: 'table', loaded: n, total: packed ? 0 : file.size });
    }
  } catch (e) {
    lib.c.web_release(at);
    if (e instanceof MienError)
      throw e;
    throw new MienError('EFORMAT', `table: byte ${n}: ${/** @type {Error} */ (e).message}`);
  }
}

// ---- where the library is

/** A table, where the library is. */
export class OpenTable {
  #lib;
  at; // the web_table
  size; // bytes of its file
  /** @type {TableInfo} */ info;

  /** @param {Library} lib @param {{at: number, n: number}} file @param {Reading} how */
  constructor(lib, file, how) {
    this.#lib = lib;
    this.size = file.n;
    let reading;
    try {
      reading = putReading(lib, how);
    } catch (e) {
      lib.c.web_release(file.at);
      throw e;
    }
    this.at = lib.handle((out) => lib.c.web_table_new(lib.web, file.at, file.n, reading, out));
    const about = this.#ask('about');
    this.info = { ...about, notes: lines(about.notes) };
  }

  /** One of the exports on tables. @param {string} what @param {any[]} args */
  #ask(what, ...args) {
    const lib = this.#lib;
    lib.check(lib.c[`web_table_${what}`](lib.web, this.at, ...args));
    return lib.json();
  }

  /** @param {number[]} rows @returns {(number|string|null)[][]} */
  rows(rows) {
    return this.#lib.withBytes(new Uint8Array(Int32Array.from(rows).buffer),
      (at) => this.#ask('rows', rows.length, at));
  }

  /** @param {number} by @param {number} kind @param {number[]} [columns] those correlated */
  describe(by, kind, columns) {
    const said = this.#lib.withBytes(new Uint8Array(Int32Array.from(columns ?? []).buffer),
      (at) => this.#ask('describe', by, kind, columns ? columns.length : -1, at));
    return by < 0 && kind < 0 ? { columns: said } : said;
  }

  /** @returns {string[]} */
  remarks() {
    const lib = this.#lib;
    lib.check(lib.c.web_table_remarks(lib.web, this.at));
    return lines(lib.said());
  }

  /** @param {number[]} whole kind, x, y, by, fits @param {number[]} size @returns {Figure} */
  plot(whole, size) {
    const lib = this.#lib;
    const at = putWhole(lib, whole);
    size.forEach((n, i) => lib.view().setFloat32(at + 4 * (whole.length + i), n, true));
    return this.#ask('plot', at);
  }

  free() {
    this.#lib.c.web_table_free(this.at);
  }
}

/** A model of tables, where the library is. */
export class OpenTabular {
  #lib;
  at; // the mien_tabular
  /** @type {TabularInfo} */ info;

  /** @param {Library} lib @param {Uint8Array} bytes */
  constructor(lib, bytes) {
    this.#lib = lib;
    this.at = lib.withBytes(bytes, (at) => lib.handle((out) =>
      lib.c.web_tabular_new(lib.web, at, bytes.length, out)));
    this.info = lib.json();
  }

  /**
   * @param {OpenTable} table @param {PredictWish} wish @param {Progress} [progress]
   * @returns {Prediction}
   */
  predict(table, wish, progress) {
    const { c, web } = this.#lib;
    const lib = this.#lib;
    const { threshold = NaN, top = 3, highest = 100 } = wish;
    const p = lib.handle((out) => c.web_prediction_new(web, this.at, table.at, threshold, top,
      highest, out));
    /** @type {Uint8Array[]} */
    const csv = [];
    try {
      let done;
      do {
        lib.check(c.web_prediction_next(web, p));
        if (wish.csv)
          csv.push(lib.saidBytes());
        done = c.web_prediction_done(p);
        progress?.({ file: 'predict', loaded: Math.round(done * table.size), total: table.size });
      } while (done < 1);
      lib.check(c.web_prediction_about(web, p));
      const found = lib.json();
      return wish.csv ? { ...found, csv: new Blob(csv, { type: 'text/csv' }) } : found;
    } finally {
      c.web_prediction_free(p);
    }
  }

  /** @param {OpenTable} table */
  judge(table) {
    const lib = this.#lib;
    lib.check(lib.c.web_tabular_judge(lib.web, this.at, table.at));
    return lib.json();
  }

  free() {
    this.#lib.c.web_tabular_free(this.at);
  }
}

/**
 * What the engine is asked by a Table and a Tabular.
 * @type {Record<string,
 *   (engine: import('./engine.js').Engine, args: any[], progress?: Progress) => any>}
 */
export const TABLE_CALLS = {
  tableNew: async (engine, [file, how], progress) => {
    const table = new OpenTable(engine.lib, await takeFile(engine.lib, file, progress), how);
    return { id: engine.tables.add(table), info: table.info };
  },
  tableRows: (engine, [id, rows]) => engine.tables.get(id).rows(rows),
  tableDescribe: (engine, [id, by, kind, columns]) =>
    engine.tables.get(id).describe(by, kind, columns),
  tableRemarks: (engine, [id]) => engine.tables.get(id).remarks(),
  tablePlot: (engine, [id, whole, size]) => engine.tables.get(id).plot(whole, size),
  tableDrop: (engine, [id]) => engine.tables.drop(id),
  tabularNew: (engine, [bytes]) => {
    const model = new OpenTabular(engine.lib, bytes);
    return { id: engine.tabulars.add(model), info: model.info };
  },
  tabularPredict: (engine, [id, table, wish], progress) =>
    engine.tabulars.get(id).predict(engine.tables.get(table), wish, progress),
  tabularJudge: (engine, [id, table]) => engine.tabulars.get(id).judge(engine.tables.get(table)),
  tabularDrop: (engine, [id]) => engine.tabulars.drop(id),
};

// ---- what a page holds

/** A file that can be sent to a worker. @param {any} source @returns {Blob} */
export function tableSource(source) {
  if (source instanceof Blob)
    return source;
  if (typeof source === 'string' || source instanceof ArrayBuffer || ArrayBuffer.isView(source))
    return new Blob([/** @type {BlobPart} */ (source)]);
  throw new MienError('EARG', 'table: a file, bytes or a text are wanted');
}

/** A table that a page holds; release it with free. */
export class Table extends Holder {
  /** @type {TableInfo} */ info;

  /** @param {import('./held.js').Caller} engine @param {{id: number, info: TableInfo}} made */
  constructor(engine, made) {
    super(engine, made.id, 'tableDrop');
    this.info = made.info;
  }

  /** The number of a column. @param {string} what @param {string|number|undefined} column */
  #column(what, column) {
    if (column === undefined)
      return -1;
    const i = typeof column === 'number' ? column
      : this.info.columns.findIndex((c) => c.name === column);
    if (!this.info.columns[i])
      throw new MienError('EARG', `${what}: no column '${column}'`);
    return i;
  }

  /**
   * Some rows, in the order of the columns; null where a value is missing.
   * @param {number[]} rows from 0 @returns {Promise<(number|string|null)[][]>}
   */
  rows(rows) {
    return this.engine.call('tableRows', [this.id, rows]);
  }

  /**
   * Count, mean, deviation, quartiles, missing and distinct values of the columns, as
   * `mien table describe --json` writes them.
   * @param {{by?: string|number, correlation?: 'pearson'|'spearman',
   *   columns?: (string|number)[]}} [wish] columns: those that are correlated; default: all of
   *   numbers
   * @returns {Promise<Description>}
   */
  async describe(wish = {}) {
    const kind = wish.correlation ? choice('correlation', MEASURES, wish.correlation) : -1;
    const columns = wish.columns?.map((column) => this.#column('columns', column));
    return this.engine.call('tableDescribe',
      [this.id, this.#column('by', wish.by), kind, columns]);
  }

  /**
   * What is odd: constant columns, copies, rows that are there twice.
   * @returns {Promise<string[]>}
   */
  remarks() {
    return this.engine.call('tableRemarks', [this.id]);
  }

  /**
   * What a picture of columns is drawn from: ranges, ticks, points, lines, bars.
   * @param {Plot} what @returns {Promise<Figure>}
   */
  async plot(what) {
    let fits = 0;
    for (const fit of what.fit ?? [])
      fits |= Object.values(FITS)[choice('fit', Object.keys(FITS), fit)];
    const whole = [choice('kind', KINDS, what.kind ?? 'scatter'), this.#column('x', what.x),
      this.#column('y', what.y), this.#column('by', what.by), fits];
    const size = [what.width ?? 900, what.height ?? 640];
    return this.engine.call('tablePlot', [this.id, whole, size]);
  }
}

/** A model of tables that a page holds, as `mien train` writes it; release it with free. */
export class Tabular extends Holder {
  /** @type {TabularInfo} */ info;

  /** @param {import('./held.js').Caller} engine @param {{id: number, info: TabularInfo}} made */
  constructor(engine, made) {
    super(engine, made.id, 'tabularDrop');
    this.info = made.info;
  }

  /**
   * Score the rows of a table, as `mien predict --json` does.
   * @param {Table} table @param {PredictWish} [wish] @param {Progress} [progress]
   * @returns {Promise<Prediction>}
   */
  predict(table, wish = {}, progress = undefined) {
    return this.engine.call('tabularPredict', [this.id, table.held, wish], progress);
  }

  /**
   * How good it is on a table that has the answers, as `mien evaluate --json` says.
   * @param {Table} table @returns {Promise<Record<string, any>>}
   */
  judge(table) {
    return this.engine.call('tabularJudge', [this.id, table.held]);
  }
}
