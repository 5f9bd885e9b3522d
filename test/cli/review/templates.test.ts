/** The CI jobs of a new fleet: what stands in them, and their two steps as they are written, on a branch that would like to run. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import type { ForgeKind } from '../../../cli/forge/forge.ts';
import { fieldsOf } from '../../../core/json.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { addRelease, makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { bot, type ForgeServer, forgeServer, token } from '../forge/forge-server.ts';
import { run } from '../towline.ts';
import { assertHarmless } from './rendered.ts';

const template = path.resolve(import.meta.dirname, '../../../fleet-repo-template');
const files = {
  github: '.github/workflows/towline-plan.yaml',
  gitea: '.gitea/workflows/towline-plan.yaml',
  gitlab: '.gitlab-ci.yml',
} as const;
const textOf = (kind: ForgeKind) => readFileSync(path.join(template, files[kind]), 'utf8');
const documentOf = (kind: ForgeKind) => fieldsOf(parse(textOf(kind)));

interface Step {
  readonly name: string;
  readonly uses: string;
  readonly run: string;
  readonly env: Readonly<Record<string, unknown>>;
}

function stepsOf(kind: 'github' | 'gitea', job: string): Step[] {
  const { steps } = fieldsOf(fieldsOf(documentOf(kind).jobs)[job]);
  assert.ok(Array.isArray(steps));
  return steps.map(fieldsOf).map(({ name = '', uses = '', run: script = '', env }) => ({
    name: String(name),
    uses: String(uses),
    run: String(script),
    env: fieldsOf(env),
  }));
}

/** Lines of a job of GitLab, as its runner puts them together; what is installed is here already. */
function scriptOf(job: string): string {
  const { script } = fieldsOf(documentOf('gitlab')[job]);
  assert.ok(Array.isArray(script));
  return script.filter(line => !String(line).startsWith('npm install')).join('\n');
}

for (const kind of ['github', 'gitea'] as const) {
  describe(`the workflow of ${kind}`, () => {
    const permissions = (job: string) => fieldsOf(fieldsOf(documentOf(kind).jobs)[job]).permissions;

    test('lets the job that plans read, the one that comments write to pull requests, and nothing else', () => {
      assert.deepEqual(documentOf(kind).permissions, {});
      assert.deepEqual(permissions('plan'), { contents: 'read' });
      const comments = kind === 'github' ? {} : { issues: 'write' };
      assert.deepEqual(permissions('comment'), { ...comments, 'pull-requests': 'write' });
    });

    test('hands a token to the step that fetches and to the one that comments alone', () => {
      const isSecret = (step: Step) => /secrets\.|github\.token/.test(JSON.stringify(step));
      const named = (job: string) =>
        stepsOf(kind, job)
          .filter(isSecret)
          .map(({ name }) => name);
      assert.deepEqual(named('plan'), ['fetch']);
      assert.deepEqual(named('comment'), ['comment']);
      assert.equal(textOf(kind).match(/secrets\.|github\.token/g)?.length, 2);
    });

    test('runs what was installed with nothing in its environment, and checks nothing out', () => {
      const plan = stepsOf(kind, 'plan').find(({ name }) => name === 'plan');
      assert.match(plan?.run ?? '', /^env -i PATH="\$PATH" HOME="\$RUNNER_TEMP" towline review plan /);
      assert.doesNotMatch(
        textOf(kind),
        /actions\/checkout|npm (?:ci|run|install(?! --global))|submodules? update/,
      );
      assert.equal('pull_request_target' in fieldsOf(documentOf(kind).on), kind === 'gitea');
    });

    test('pins its actions by their whole commits, and puts nothing of an event into a script', () => {
      for (const step of [...stepsOf(kind, 'plan'), ...stepsOf(kind, 'comment')]) {
        if (step.uses !== '') assert.match(step.uses, /^actions\/[\w-]+@[0-9a-f]{40}$/);
        assert.doesNotMatch(step.run, /\$\{\{/);
      }
    });
  });
}

describe('the jobs of gitlab', () => {
  test('run on the default branch alone, the check of a merge request beside them', () => {
    const rule =
      '$CI_PIPELINE_SOURCE == "trigger" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $TRIGGER_PAYLOAD';
    for (const job of ['towline-plan', 'towline-comment'])
      assert.deepEqual(fieldsOf(documentOf('gitlab')[job]).rules, [{ if: rule }]);
    const { rules } = fieldsOf(documentOf('gitlab').towline);
    assert.ok(Array.isArray(rules));
    assert.deepEqual(rules[0], { if: '$CI_PIPELINE_SOURCE == "trigger"', when: 'never' });
  });

  test('give the token’s environment to the one that comments, and nothing to the one that plans', () => {
    assert.equal(fieldsOf(documentOf('gitlab')['towline-plan']).environment, undefined);
    assert.equal(fieldsOf(documentOf('gitlab')['towline-comment']).environment, 'towline-comment');
    assert.match(scriptOf('towline-plan'), /^env -i PATH="\$PATH" HOME=\/tmp towline review plan /m);
    assert.doesNotMatch(scriptOf('towline-plan'), /TOKEN/);
    for (const job of ['towline-plan', 'towline-comment'])
      assert.deepEqual(fieldsOf(documentOf('gitlab')[job]).variables, { GIT_STRATEGY: 'none' });
  });
});

describe('the two steps, as they are written', () => {
  let fleet: TestFleet;
  let upstream: string;
  let head: string;
  const proof = () => path.join(fleet.folder, 'ran');

  /** What CI would run, if it checked out, installed or merged by what a branch says. */
  async function baitedBranch(): Promise<void> {
    const touch = `touch ${proof()}`;
    await fleet.write('package.json', JSON.stringify({ scripts: { preinstall: touch, prepare: touch } }));
    await fleet.write('.npmrc', 'script-shell=./evil.sh\n');
    await fleet.write('evil.sh', `#!/bin/sh\n${touch}\n`);
    await fleet.write('.gitattributes', '* filter=evil merge=evil diff=evil\n');
    await fleet.write('.gitmodules', `[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "${touch}"\n`);
    await fleet.write('.towline/ci.sh', `#!/bin/sh\n${touch}\n`);
    await fleet.write('.github/workflows/towline-plan.yaml', `run: ${touch}\n`);
  }

  before(async () => {
    fleet = await makeReleasedFleet();
    upstream = path.join(fleet.folder, 'acme/fleet');
    await mkdir(path.dirname(upstream));
    await fleet.git('init', '-q', '--bare', '-b', 'main', upstream);
    await fleet.git('push', '-q', '--no-verify', upstream, 'HEAD:refs/heads/main');
    await fleet.git('checkout', '-q', '-b', 'change');
    await baitedBranch();
    await release('1.1.0', '1.0.0');
  });
  after(() => fleet[Symbol.asyncDispose]());

  /** Pushed to where a forge has the heads of its requests. */
  async function release(version: string, before: string): Promise<void> {
    await addRelease(fleet, version);
    await fleet.replace('groups/canary.yaml', before, version);
    await fleet.git('add', '--all', '--force');
    await fleet.git('-c', 'core.hooksPath=/dev/null', 'commit', '-q', '-m', version);
    head = await fleet.git('rev-parse', 'HEAD');
    const refs = ['heads/change', 'pull/7/head', 'merge-requests/7/head'];
    const specs = refs.map(ref => `+HEAD:refs/${ref}`);
    await fleet.git('push', '-q', '--no-verify', upstream, ...specs);
  }

  /** As a runner does: a shell, a folder that is empty, and the variables that the job has. */
  async function shell(script: string, folder: string, variables: Readonly<Record<string, string>>) {
    const { PATH = '', HOME = '' } = process.env;
    const path = `${commandFolder}:${PATH}`;
    const kept = { PATH: path, HOME, RUNNER_TEMP: folder, GIT_CONFIG_NOSYSTEM: '1', ...variables };
    const words = Object.entries(kept).map(([name, value]) => `${name}=${value}`);
    const ran = await run('env', ['-i', ...words, 'sh', '-e', '-c', script], {}, folder);
    assert.equal(ran.code, 0, `${script}\n${ran.output}${ran.errors}`);
    return ran.output;
  }

  async function workFolder(name: string): Promise<string> {
    const folder = path.join(fleet.folder, name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    return folder;
  }

  /** Of a file of jobs: what each of the two says to a shell, and what it has. */
  function scripts(kind: ForgeKind, server: ForgeServer, folder: string) {
    const own = { REPOSITORY: 'acme/fleet', HEAD: head, NUMBER: '7', BASE: 'main' };
    if (kind === 'gitlab') {
      const payload = path.join(folder, 'payload');
      const ci = { TRIGGER_PAYLOAD: payload, CI_DEFAULT_BRANCH: 'main', CI_PROJECT_PATH: 'acme/fleet' };
      const plan = { script: scriptOf('towline-plan'), variables: { ...ci, CI_REPOSITORY_URL: upstream } };
      const said = { ...ci, CI_SERVER_URL: server.url, TOWLINE_FORGE_TOKEN: token };
      return { plan: [plan], comment: { script: scriptOf('towline-comment'), variables: said } };
    }
    const scriptIn = (job: string, name: string) =>
      stepsOf(kind, job).find(step => step.name === name)?.run ?? '';
    const fetched = { ...own, URL: path.dirname(path.dirname(upstream)), TOKEN: 'read-only' };
    const said = { ...own, URL: server.url, TOWLINE_FORGE_TOKEN: token };
    return {
      plan: [
        { script: scriptIn('plan', 'fetch'), variables: fetched },
        { script: scriptIn('plan', 'plan'), variables: own },
      ],
      comment: { script: scriptIn('comment', 'comment'), variables: said },
    };
  }

  async function commented(kind: ForgeKind, server: ForgeServer): Promise<string> {
    const folder = await workFolder(kind);
    const payload = { object_attributes: { iid: 7, last_commit: { id: head } } };
    await writeFile(path.join(folder, 'payload'), JSON.stringify(payload));
    const { plan, comment } = scripts(kind, server, folder);
    for (const { script, variables } of plan) await shell(script, folder, variables);
    // The other job, on another machine: the review is all that it is handed.
    const other = await workFolder(`${kind}-other`);
    for (const name of ['review.json', 'payload'])
      await writeFile(path.join(other, name), readFileSync(path.join(folder, name)));
    const moved = { TRIGGER_PAYLOAD: path.join(other, 'payload') };
    return await shell(comment.script, other, { ...comment.variables, ...moved });
  }

  for (const kind of ['github', 'gitlab', 'gitea'] as const) {
    test(`plan a branch and comment on it at ${kind}, and run nothing of it`, async () => {
      await using server = await forgeServer(kind);
      if (kind === 'github') server.author = 'github-actions[bot]';
      server.requests.push({ number: 7, branch: 'change', base: 'main', isFork: true, commit: head });
      assert.match(await commented(kind, server), /^created: /);
      const [comment] = server.comments;
      assert.match(comment?.body ?? '', /^<!-- towline-plan -->\n### What this branch would do to `acme`/);
      assert.match(comment?.body ?? '', /\*\*1 of 3 devices\*\* would do something/);
      assertHarmless((comment?.body ?? '').replace(/^.*\n/, ''), /@/);
      assert.equal(existsSync(proof()), false);
    });
  }

  test('update the comment once the branch has moved, and say nothing of a branch that has moved on', async () => {
    await using server = await forgeServer('github');
    server.author = 'github-actions[bot]';
    server.requests.push({ number: 7, branch: 'change', base: 'main', isFork: false, commit: head });
    assert.match(await commented('github', server), /^created: /);
    await release('1.2.0', '1.1.0');
    // The forge has not heard of it yet, or of the next one already.
    assert.match(await commented('github', server), /has moved on/);
    server.requests.splice(0, 1, { number: 7, branch: 'change', base: 'main', isFork: false, commit: head });
    assert.match(await commented('github', server), /^updated: /);
    assert.equal(server.comments.length, 1);
    assert.match(server.comments[0]?.body ?? '', /`1\.0\.0` → `1\.2\.0`/);
    assert.notEqual(server.comments[0]?.author, bot);
    assert.equal(existsSync(proof()), false);
  });
});
