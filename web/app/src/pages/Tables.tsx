// Tables: a CSV file described and drawn, how its columns go together, and the rows that stand
// out by a model. All numbers are the library's.
import type { Table, Tabular } from 'mien';
import type { Description as Told, Figure, Fit, Plot, Prediction, Reading, Scored, Summary }
  from 'mien/tables';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { mien } from '../engine';
import { useLoading } from '../loading';
import { Chart } from '../parts/Chart';
import { Choice } from '../parts/Choice';
import { Drop } from '../parts/Drop';
import { Notice, wordsOf } from '../parts/Notice';
import { Progress } from '../parts/Progress';
import { Switch } from '../parts/Switch';
import quartet from '../samples/quartet.csv?raw';
import { save, stemOf } from '../save';
import { type Key, t, tOf } from '../text';
import './Tables.css';

const FIRST_COLUMNS = 12; // shown at first; all can be chosen
const MOST_CORRELATED = 60;
const MOST_LISTED = 200; // of columns to choose; the others are found by their name
const FIRST_ROWS = 10;
const MOST_GROUPS = 9; // panels of a plot
const HIGHEST = 50;
const QUICK_ROWS = 100_000; // judged at once; intervals of more rows take their time
const FIGURES = ['mean', 'std', 'min', '25%', '50%', '75%', 'max'] as const;
const KINDS = ['scatter', 'line', 'histogram', 'box', 'matrix'] as const;

type Kind = typeof KINDS[number];
type Measure = 'pearson' | 'spearman';

/** A table that was read, and what is said of all its rows. */
interface Open {
  file: File;
  table: Table;
  columns: Record<string, Summary>;
  remarks: string[];
  first: (number | string | null)[][];
}

/** Six digits, without zeros at the end. */
const said = (v: number | null | undefined) =>
  v === null || v === undefined ? '–' : String(Number(v.toPrecision(6)));

const whole = (v: number) => v.toLocaleString('en').replaceAll(',', '\u202f');

const isDate = (s: Summary | undefined) => typeof s?.first === 'string';

/** What an asynchronous question gives; the answer of an older one is dropped. */
function useAnswer<T>(ask: (() => Promise<T>) | undefined, keys: unknown[]) {
  const [answer, setAnswer] = useState<{ value?: T; error?: string }>({});
  useEffect(() => {
    let current = true;
    if (!ask)
      setAnswer({});
    else
      ask().then((value) => current && setAnswer({ value }),
        (e) => current && setAnswer({ error: wordsOf(e) }));
    return () => {
      current = false;
    };
  }, keys);
  return answer;
}

// ---- what is in it

function Described({ columns, names }: { columns: Record<string, Summary>; names: string[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t('tables.describe')}>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{t('tables.column')}</th>
            {(['count', 'missing', 'distinct'] as const).map((k) => (
              <th key={k} scope="col" class="number">{t(`tables.${k}`)}</th>
            ))}
            {FIGURES.map((k) => (
              <th key={k} scope="col" class="number">{tOf('tables.figure', k)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const s = columns[name];
            return s && (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="number">{whole(s.count)}</td>
                <td class={`number${s.missing ? ' lacks' : ''}`}>{whole(s.missing)}</td>
                <td class="number">{whole(s.distinct)}</td>
                {'mean' in s ? FIGURES.map((k) => (
                  <td key={k} class="number">{said(s[k])}</td>
                )) : (
                  <td class="hint" colSpan={FIGURES.length}>
                    {isDate(s) ? t('tables.dates', { first: s.first!, last: s.last ?? '–' })
                      : t('tables.texts')}
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Rows({ head, rows, label }: {
  head: string[]; rows: (number | string | null)[][]; label: string;
}) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead><tr>{head.map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>{row.map((v, k) => (
              <td key={k} class={v === null ? 'lacks' : typeof v === 'number' ? 'figure' : ''}>
                {v ?? '–'}
              </td>
            ))}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Which columns are shown. */
function Chooser({ names, chosen, onChange }: {
  names: string[]; chosen: string[]; onChange: (names: string[]) => void;
}) {
  const [part, setPart] = useState('');
  const listed = names.filter((name) => name.toLowerCase().includes(part.toLowerCase()));
  return (
    <details class="chooser">
      <summary>{t('tables.choose', { n: chosen.length, all: names.length })}</summary>
      <div class="row">
        {names.length > FIRST_COLUMNS && (
          <label class="choice">
            <span>{t('tables.find')}</span>
            <input type="text" value={part} onInput={(e) => setPart(e.currentTarget.value)} />
          </label>
        )}
        <button type="button" onClick={() => onChange(names)}>{t('tables.all')}</button>
        <button type="button" onClick={() => onChange([])}>{t('tables.none')}</button>
      </div>
      <ul>
        {listed.slice(0, MOST_LISTED).map((name) => (
          <li key={name}>
            <label>
              <input type="checkbox" checked={chosen.includes(name)} onChange={(e) =>
                onChange(names.filter((one) => one === name ? e.currentTarget.checked
                  : chosen.includes(one)))} />
              <span>{name}</span>
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Description({ open, names, by }: { open: Open; names: string[]; by: string }) {
  const parts = useAnswer<Told>(by ? () => open.table.describe({ by }) : undefined,
    [open, by]);
  if (!by)
    return <Described columns={open.columns} names={names} />;
  if (parts.error)
    return <Notice kind="error" text={parts.error} />;
  return (
    <>
      {parts.value?.groups?.map((group) => (
        <div key={group.value}>
          <h3>{t('tables.group', { by, value: group.value, rows: whole(group.rows) })}</h3>
          <Described columns={group.columns} names={names.filter((name) => name !== by)} />
        </div>
      )) ?? <Progress label={t('tables.working')} />}
    </>
  );
}

function About({ open, chosen, onChosen }: {
  open: Open; chosen: string[]; onChosen: (names: string[]) => void;
}) {
  const [by, setBy] = useState('');
  const { rows, columns, notes } = open.table.info;
  const names = columns.map((c) => c.name);
  const parts = names.filter((name) => (open.columns[name]?.distinct ?? 0) <= 100);
  return (
    <section class="panel">
      <h2>{open.file.name}</h2>
      <p>{t('tables.size', { rows: whole(rows), columns: names.length,
        missing: whole(columns.reduce((sum, c) => sum + c.missing, 0)) })}</p>
      {notes.map((note) => <Notice key={note} text={note} />)}
      {open.remarks.map((remark) => <Notice key={remark} text={remark} />)}
      <div class="row">
        <Choice label={t('tables.part')} value={by} onChange={setBy} options={[
          { value: '', text: t('tables.whole') },
          ...parts.map((name) => ({ value: name, text: name }))]} />
        <button type="button" onClick={() => save(`${stemOf(open.file.name)}-described.json`,
          JSON.stringify(open.columns, null, 2), 'application/json')}>
          {t('tables.save.description')}
        </button>
      </div>
      <Chooser names={names} chosen={chosen} onChange={onChosen} />
      <Description open={open} names={chosen} by={by} />
      <details>
        <summary>{t('tables.rows', { n: open.first.length })}</summary>
        <Rows head={names} rows={open.first} label={t('tables.rows', { n: open.first.length })} />
      </details>
    </section>
  );
}

// ---- pictures

/** What is drawn first: two columns of numbers against each other, a panel for each kind. */
function firstPlot(open: Open): Plot {
  const { columns } = open.table.info;
  const numbers = columns.filter((c) => c.type === 'number').map((c) => c.name);
  const by = columns.find((c) => c.type === 'text' &&
    (open.columns[c.name]?.distinct ?? 0) <= MOST_GROUPS && open.columns[c.name]!.distinct > 1);
  const fit: Plot['fit'] = ['linear'];
  if (numbers.length > 1)
    return { kind: 'scatter', x: numbers[0], y: numbers[1], by: by?.name, fit };
  return { kind: 'histogram', x: numbers[0] ?? columns.find((c) => isDate(open.columns[c.name]))
    ?.name, by: by?.name, fit };
}

/** The lines of least squares and both correlations, as numbers. */
function Fits({ fits }: { fits: Fit[] }) {
  const columns = ['r', 'rank_r', 'slope', 'intercept', 'r2'] as const;
  return (
    <>
      <p class="hint">{t('tables.fits')}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('tables.fits')}>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{t('tables.panel')}</th>
              <th scope="col" class="number">{t('tables.pairs')}</th>
              {columns.map((k) => (
                <th key={k} scope="col" class="number">{tOf('tables.fit', k)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {fits.map((fit) => (
              <tr key={fit.group ?? ''}>
                <th scope="row">{fit.group ?? t('tables.whole')}</th>
                <td class="number">{whole(fit.rows)}</td>
                {columns.map((k) => (
                  <td key={k} class="number">{fit[k] === null ? '–' : fit[k].toFixed(3)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Plots({ open, sample }: { open: Open; sample: boolean }) {
  const [what, setWhat] = useState<Plot>(() => firstPlot(open));
  const kind: Kind = what.kind ?? 'scatter';
  const two = kind === 'scatter' || kind === 'line';
  const { columns } = open.table.info;
  const numbers = columns.filter((c) => c.type === 'number' || isDate(open.columns[c.name]))
    .map((c) => ({ value: c.name, text: c.name }));
  const parts = columns.filter((c) => (open.columns[c.name]?.distinct ?? 0) <= MOST_GROUPS)
    .map((c) => ({ value: c.name, text: c.name }));
  const wish: Plot = {
    kind, x: kind === 'matrix' ? undefined : what.x, y: two ? what.y : undefined,
    by: kind === 'matrix' ? undefined : what.by, fit: kind === 'scatter' ? what.fit : [],
  };
  const drawn = useAnswer<Figure>(numbers.length ? () => open.table.plot(wish) : undefined,
    [open, JSON.stringify(wish)]);
  if (!numbers.length)
    return <section class="panel"><h2>{t('tables.plot')}</h2><p>{t('tables.nonumbers')}</p>
    </section>;
  const set = (change: Partial<Plot>) => setWhat({ ...what, ...change });
  const fits = (one: 'linear' | 'robust', on: boolean) =>
    set({ fit: [...(what.fit ?? []).filter((f) => f !== one), ...(on ? [one] : [])] });
  return (
    <section class="panel">
      <h2>{t('tables.plot')}</h2>
      <div class="row wishes">
        <Choice label={t('tables.kind')} value={kind} onChange={(v) => set({ kind: v })}
          options={KINDS.map((v) => ({ value: v, text: t(`tables.kind.${v}`) }))} />
        {kind !== 'matrix' && (
          <Choice label={two ? t('tables.x') : t('tables.column')} value={String(what.x ?? '')}
            onChange={(x) => set({ x: x || undefined })} options={kind === 'line'
              ? [{ value: '', text: t('tables.rownumber') }, ...numbers] : numbers} />
        )}
        {two && (
          <Choice label={t('tables.y')} value={String(what.y ?? '')}
            onChange={(y) => set({ y })} options={numbers} />
        )}
        {kind !== 'matrix' && (
          <Choice label={t('tables.by')} value={String(what.by ?? '')}
            onChange={(by) => set({ by: by || undefined })}
            options={[{ value: '', text: t('tables.whole') }, ...parts]} />
        )}
      </div>
      {kind === 'scatter' && (
        <div class="row wishes">
          {(['linear', 'robust'] as const).map((fit) => (
            <Switch key={fit} label={t(`tables.fit.${fit}`)}
              checked={what.fit?.includes(fit) ?? false} onChange={(on) => fits(fit, on)} />
          ))}
        </div>
      )}
      {drawn.error && <Notice kind="error" text={drawn.error} />}
      {drawn.value ? <Chart figure={drawn.value.figure} label={t('tables.plot')} />
        : !drawn.error && <Progress label={t('tables.working')} />}
      {drawn.value?.remarks.map((remark) => <Notice key={remark} text={remark} />)}
      {drawn.value && drawn.value.fits.length > 0 && <Fits fits={drawn.value.fits} />}
      {sample && <p class="hint">{t('tables.quartet.moral')}</p>}
    </section>
  );
}

// ---- how columns go together

function Correlation({ open, chosen }: { open: Open; chosen: string[] }) {
  const [measure, setMeasure] = useState<Measure>('pearson');
  const columns = open.table.info.columns.filter((c) => c.type === 'number' &&
    chosen.includes(c.name)).map((c) => c.name);
  const fits = columns.length > 1 && columns.length <= MOST_CORRELATED;
  const found = useAnswer<Told>(fits
    ? () => open.table.describe({ correlation: measure, columns }) : undefined,
  [open, measure, columns.join('\n')]);
  const last = found.value?.correlation; // of another measure, until the answer comes
  const all = fits && last?.kind === measure ? last : undefined;
  return (
    <section class="panel">
      <h2>{t('tables.correlation')}</h2>
      <div class="row">
        <Choice label={t('tables.measure')} value={measure} onChange={setMeasure}
          options={(['pearson', 'spearman'] as const).map((value) =>
            ({ value, text: t(`tables.${value}`) }))} />
        <button type="button" disabled={!all} onClick={() => save(
          `${stemOf(open.file.name)}-${measure}.json`, JSON.stringify(all), 'application/json')}>
          {t('tables.save.correlation')}
        </button>
      </div>
      {found.error && <Notice kind="error" text={found.error} />}
      {fits && !all && !found.error && <Progress label={t('tables.working')} />}
      {columns.length < 2 && <p>{t('tables.toofew')}</p>}
      {columns.length > MOST_CORRELATED && (
        <p>{t('tables.toomany', { n: columns.length, most: MOST_CORRELATED })}</p>
      )}
      {all && (
        <div class="scroll" tabIndex={0} role="region" aria-label={t('tables.correlation')}>
          <table class="correlation">
            <thead>
              <tr>
                <td />
                {all.columns.map((name) => <th key={name} scope="col">{name}</th>)}
              </tr>
            </thead>
            <tbody>
              {all.matrix.map((row, i) => (
                <tr key={all.columns[i]}>
                  <th scope="row">{all.columns[i]}</th>
                  {row.map((r, k) => (
                    <td key={k} style={{ '--r': Math.abs(r ?? 0) }}
                      class={r === null ? 'lacks' : r < 0 ? 'below' : 'above'}>
                      {r === null ? '–' : r.toFixed(2).replace('-0.00', '0.00')}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

// ---- a model

/** The column of the table that an input of the model stands for: kind=red is kind's. */
const sourceOf = (model: Tabular, input: string) => model.info.columns.find(({ name }) =>
  input === name || input.startsWith(`${name}=`) || input === `${name} missing`)?.name ?? input;

function Contributions({ row, values, model }: {
  row: Scored; values: Record<string, number | string | null>; model: Tabular;
}) {
  return (
    <ul class="tops">
      {row.top.map(({ name, contribution }) => (
        <li key={name}>
          <strong>{name}</strong>
          {!name.includes('=') && <span>{` ${values[sourceOf(model, name)] ?? '–'}`}</span>}
          <span class={contribution < 0 ? 'down' : 'up'}>
            {`${contribution < 0 ? '−' : '+'}${said(Math.abs(Number(
              contribution.toPrecision(3))))}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What could not be used as it stood. */
function Lacks({ found }: { found: Prediction }) {
  const lines = [
    ...found.columns.filter((c) => c.missing).map((c) =>
      t('tables.lacks.missing', { n: whole(c.missing), column: c.name })),
    ...found.columns.filter((c) => c.unseen).map((c) =>
      t('tables.lacks.unseen', { n: whole(c.unseen), column: c.name })),
    ...(found.scored < found.rows ? [t('tables.lacks.unscored',
      { n: whole(found.rows - found.scored), window: found.window })] : []),
  ];
  return lines.length ? <ul class="lacking">{lines.map((s) => <li key={s}>{s}</li>)}</ul> : null;
}

/** How good the model is here, where the table has the answers. */
function Judged({ open, model }: { open: Open; model: Tabular }) {
  const label = model.info.label;
  const known = open.table.info.columns.some((c) => c.name === label);
  const [wanted, setWanted] = useState(open.table.info.rows <= QUICK_ROWS);
  const found = useAnswer<Record<string, any>>(known && wanted
    ? () => model.judge(open.table) : undefined, [open, model, wanted]);
  if (!known)
    return null;
  if (!wanted)
    return (
      <p>{`${t('tables.judge.hint', { label })} `}
        <button type="button" onClick={() => setWanted(true)}>{t('tables.judge')}</button></p>
    );
  if (!found.value && !found.error)
    return <Progress label={t('tables.working')} />;
  if (found.error)
    return <Notice text={t('tables.unjudged', { label, error: found.error })} />;
  const keys = ['auc', 'average_precision', 'recall', 'precision'] as const;
  const figures = keys.flatMap((key) => {
    const { value, low, high } = found.value![key] as Record<string, number | null>;
    if (typeof value !== 'number')
      return [];
    const sure = typeof low === 'number' && typeof high === 'number'
      ? ` (${low.toFixed(3)}–${high.toFixed(3)})` : '';
    return [`${t(`tables.verdict.${key}`)} ${value.toFixed(3)}${sure}`];
  });
  return <p>{`${t('tables.judged', { label })} ${figures.join(', ')}`}</p>;
}

function Standing({ open, model }: { open: Open; model: Tabular }) {
  const [threshold, setThreshold] = useState<number>();
  const [unsaved, setUnsaved] = useState('');
  const { loading, load } = useLoading();
  const found = useAnswer(async () => {
    const prediction = await load((progress) =>
      model.predict(open.table, { threshold, highest: HIGHEST }, progress));
    const rows = await open.table.rows(prediction.highest.map((r) => r.row - 1));
    return { prediction, rows };
  }, [open, model, threshold]);
  const names = open.table.info.columns.map((c) => c.name);
  const shown = found.value;
  const stem = stemOf(open.file.name);
  const saveAll = () => model.predict(open.table, { threshold, highest: 0, csv: true })
    .then(({ csv }) => save(`${stem}-scores.csv`, csv!), (e) => setUnsaved(wordsOf(e)));
  if (found.error)
    return <Notice kind="error" text={found.error} />;
  if (!shown)
    return <Progress label={t('tables.scoring')} value={loading?.share} />;
  const { prediction } = shown;
  return (
    <>
      <p class="verdict">{t('tables.scored', { rows: whole(prediction.rows),
        alarms: whole(prediction.alarms), threshold: said(prediction.threshold) })}</p>
      <Lacks found={prediction} />
      <Judged open={open} model={model} />
      <div class="row">
        <label class="choice">
          <span>{t('tables.threshold')}</span>
          <input type="number" step="any" value={threshold ?? said(model.info.threshold)}
            onChange={(e) => setThreshold(Number.isFinite(e.currentTarget.valueAsNumber)
              ? e.currentTarget.valueAsNumber : undefined)} />
        </label>
        <button type="button" onClick={() => save(`${stem}-rows.json`,
          JSON.stringify(prediction, null, 2), 'application/json')}>
          {t('tables.save.rows')}
        </button>
        <button type="button" onClick={saveAll}>{t('tables.save.scores')}</button>
      </div>
      {unsaved && <Notice kind="error" text={unsaved} onClose={() => setUnsaved('')} />}
      <div class="scroll" tabIndex={0} role="region" aria-label={t('tables.standing')}>
        <table class="standing">
          <caption>{t('tables.standing.first', { n: prediction.highest.length })}</caption>
          <thead>
            <tr>
              <th scope="col" class="number">{t('tables.row')}</th>
              <th scope="col" class="number">{t('tables.score')}</th>
              <th scope="col">{t('tables.alarm')}</th>
              <th scope="col">{t('tables.top')}</th>
            </tr>
          </thead>
          <tbody>
            {prediction.highest.map((row, i) => (
              <tr key={row.row} class={row.alarm ? 'alarm' : ''}>
                <th scope="row" class="number">{row.row}</th>
                <td class="number">{said(row.score)}</td>
                <td>{row.alarm ? t('tables.yes') : t('tables.no')}</td>
                <td>
                  <Contributions row={row} model={model} values={Object.fromEntries(
                    names.map((name, k) => [name, shown.rows[i]?.[k] ?? null]))} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="hint">{t(model.info.kind === 'logistic' ? 'tables.top.logistic'
        : 'tables.top.autoencoder')}</p>
    </>
  );
}

function Model({ open, model, name }: { open?: Open; model?: Tabular; name: string }) {
  return (
    <section class="panel">
      <h2>{t('tables.model')}</h2>
      {!model && <p>{t('tables.model.none')}</p>}
      {!model && <pre class="scroll" tabIndex={0}><code>
        mien train logistic data.csv --label y -o run</code></pre>}
      {model && (
        <p>{t('tables.model.what', { name, kind: tOf('tables.estimator', model.info.kind),
          label: model.info.label, positive: model.info.positive,
          columns: model.info.columns.length, threshold: said(model.info.threshold) })}
        {model.info.window > 1 && ` ${t('tables.model.window', { n: model.info.window })}`}</p>
      )}
      {model && !open && <p>{t('tables.model.table')}</p>}
      {model && open && (
        <Standing key={`${open.table.held} ${model.held}`} open={open} model={model} />
      )}
    </section>
  );
}

// ---- the page

const DELIMITERS: { value: string; text: string; key?: Key }[] = [
  { value: '', text: '', key: 'tables.found' }, { value: ',', text: ',' },
  { value: ';', text: ';' }, { value: 'tab', text: '', key: 'tables.tab' },
  { value: '|', text: '|' }];
const DATES = ['any', 'mdy', 'dmy', 'iso', 'epoch'] as const;

/** How the file is to be read, where it was not found by itself. */
function How({ how, onChange }: { how: Reading; onChange: (how: Reading) => void }) {
  return (
    <details class="panel">
      <summary>{t('tables.how')}</summary>
      <div class="row wishes">
        <Choice label={t('tables.delimiter')} value={how.delimiter ?? ''}
          onChange={(v) => onChange({ ...how, delimiter: v || undefined })}
          options={DELIMITERS.map(({ value, text, key }) =>
            ({ value, text: key ? t(key) : text }))} />
        <Choice label={t('tables.decimal')} value={how.decimal ?? '.'}
          onChange={(decimal) => onChange({ ...how, decimal })}
          options={[{ value: '.', text: '1.5' }, { value: ',', text: '1,5' }]} />
        <Choice label={t('tables.datesas')} value={how.dates ?? 'any'}
          onChange={(dates) => onChange({ ...how, dates })}
          options={DATES.map((value) => ({ value, text: t(`tables.dates.${value}`) }))} />
        <Switch label={t('tables.header')} checked={how.header !== 'none'}
          onChange={(on) => onChange({ ...how, header: on ? 'first' : 'none' })} />
      </div>
    </details>
  );
}

/** A table, read and described; it is the caller's to free. */
async function openTable(file: File, how: Reading,
  progress: (s: { file: string; loaded: number; total: number }) => void): Promise<Open> {
  const table = await (await mien).table(file, how, progress);
  try {
    const { columns = {} } = await table.describe();
    const count = Math.min(FIRST_ROWS, table.info.rows);
    return {
      file, table, columns, remarks: await table.remarks(),
      first: await table.rows(Array.from({ length: count }, (_, i) => i)),
    };
  } catch (e) {
    table.free();
    throw e;
  }
}

/** What is open; what it replaces is released. */
function useHeld<T>(free: (one: T) => void) {
  const [held, setHeld] = useState<T>();
  const last = useRef<{ one?: T; gone?: boolean }>({});
  const hold = useCallback((one: T) => {
    if (last.current.gone)
      return free(one);
    const old = last.current.one;
    last.current.one = one;
    setHeld(one);
    if (old)
      setTimeout(() => free(old));
  }, []);
  useEffect(() => () => {
    last.current.gone = true;
    if (last.current.one)
      free(last.current.one);
  }, []);
  return [held, hold] as const;
}

export function TablesPage() {
  const [open, setOpen] = useHeld<Open>((one) => one.table.free());
  const [model, setModel] = useHeld<{ name: string; tabular: Tabular }>((m) => m.tabular.free());
  const [how, setHow] = useState<Reading>({});
  const [chosen, setChosen] = useState<string[]>([]);
  const [error, setError] = useState('');
  const [reading, setReading] = useState('');
  const { loading, load } = useLoading();
  const turn = useRef(0);
  const read = async (file: File, as: Reading, before = '') => {
    const mine = ++turn.current;
    setReading(file.name);
    setError(before);
    try {
      const made = await load((progress) => openTable(file, as, progress));
      if (mine !== turn.current) // another was dropped meanwhile
        return made.table.free();
      setOpen(made);
      setChosen(made.table.info.columns.slice(0, FIRST_COLUMNS).map((c) => c.name));
    } catch (e) {
      if (mine !== turn.current)
        return;
      setError(`${before} ${file.name}: ${wordsOf(e)}`.trim());
    }
    setReading('');
  };
  const take = async (files: File[]) => {
    const isModel = (f: File) => /\.onnx$/i.test(f.name);
    const used = [files.find(isModel), files.find((f) => !isModel(f))];
    const [file, table] = used;
    const left = files.filter((f) => !used.includes(f)).map((f) => f.name);
    const said = left.length ? [t('tables.left', { names: left.join(', ') })] : [];
    if (file)
      await (await mien).tabular(file).then((tabular) => setModel({ name: file.name, tabular }),
        (e) => said.unshift(`${file.name}: ${wordsOf(e)}`));
    setError(said.join(' '));
    if (table)
      await read(table, how, said.join(' '));
  };
  const sample = useMemo(() => new File([quartet], 'quartet.csv', { type: 'text/csv' }), []);
  return (
    <div class="tables">
      <h1>{t('tables.title')}</h1>
      <p class="lead">{t('tables.lead')}</p>
      <Drop label={t('tables.drop')} accept=".csv,.tsv,.txt,.gz,.onnx,text/csv"
        onFiles={(files) => void take(files)}>
        <button type="button" onClick={() => {
          setHow({});
          void read(sample, {});
        }}>{t('tables.quartet')}</button>
      </Drop>
      {error && <Notice kind="error" text={error} onClose={() => setError('')} />}
      {reading && <Progress label={t('tables.reading', { name: reading })}
        value={loading?.share === 1 ? undefined : loading?.share} />}
      {open && (
        <>
          <How how={how} onChange={(as) => {
            setHow(as);
            void read(open.file, as);
          }} />
          <About key={open.table.held} open={open} chosen={chosen} onChosen={setChosen} />
          {model && <Model open={open} model={model.tabular} name={model.name} />}
          <Plots key={`p${open.table.held}`} open={open} sample={open.file === sample} />
          <Correlation key={`c${open.table.held}`} open={open} chosen={chosen} />
        </>
      )}
      {!(open && model) && <Model open={open} model={model?.tabular} name={model?.name ?? ''} />}
    </div>
  );
}
