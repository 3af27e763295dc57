// publish.test.mjs: make web-publish, to a bare repository: what a page host would serve.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { ROOT } from './harness.mjs';

const folder = mkdtempSync(join(tmpdir(), 'mien-publish-'));
after(() => rmSync(folder, { recursive: true }));

const env = { ...process.env, GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.org' };
const run = (command, ...args) => execFileSync(command, args, { env, encoding: 'utf8' });

test('a branch gh-pages grows by what changed', () => {
  const repository = join(folder, 'pages.git');
  const dist = join(folder, 'dist');
  run('git', 'init', '-q', '--bare', repository);
  mkdirSync(join(dist, 'assets'), { recursive: true });
  writeFileSync(join(dist, 'index.html'), 'first');
  writeFileSync(join(dist, 'assets/old-1.js'), '1');
  const publish = () => run(join(ROOT, 'tools/web.sh'), 'publish', dist, repository);
  const git = (...args) => run('git', '-C', repository, ...args).trim();

  assert.match(publish(), /published to gh-pages/);
  assert.deepEqual(git('ls-tree', '-r', '--name-only', 'gh-pages').split('\n'),
    ['.nojekyll', 'assets/old-1.js', 'index.html']);
  assert.match(publish(), /has this already/);

  rmSync(join(dist, 'assets/old-1.js'));
  writeFileSync(join(dist, 'assets/new-2.js'), '2');
  run('sh', '-c', `cd '${folder}' && '${join(ROOT, 'tools/web.sh')}' publish dist pages.git`);
  assert.deepEqual(git('ls-tree', '-r', '--name-only', 'gh-pages').split('\n'),
    ['.nojekyll', 'assets/new-2.js', 'index.html']);
  assert.equal(git('rev-list', '--count', 'gh-pages'), '2');
  assert.throws(() => run(join(ROOT, 'tools/web.sh'), 'publish', folder, repository), /no app/);
});
