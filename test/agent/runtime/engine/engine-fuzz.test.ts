/** An engine that lies, or another program on its socket: what is read of it is in the form that we know, or our own error. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createEngine } from '../../../../agent/runtime/engine/engine.ts';
import { watchEngine } from '../../../../agent/runtime/engine/engine-events.ts';
import { Inspections } from '../../../../agent/runtime/engine/inspections.ts';
import { readLogLines } from '../../../../agent/runtime/engine/log-lines.ts';
import { readEntries, readLastLines } from '../../../../agent/runtime/engine/log-reader.ts';
import { observe } from '../../../../agent/runtime/engine/observe.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { label } from '../../../../core/plan/container/labels.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';
import { mutated, onlyOurRejections } from '../../../fuzz/mutation.ts';
import { Unharmed } from '../../../fuzz/unharmed.ts';
import { httpAnswer, RawAnswers } from '../../../rig/raw-answers.ts';

/** In `npm test`. */
const usual = { ms: 1_500 };
const device = 'pump-1';
const labels = { [label.device]: device, [label.project]: 'web', [label.hash]: 'x' };
const container = {
  Id: 'c'.repeat(64),
  Names: ['/web-1'],
  Image: 'x',
  ImageID: 'sha256:1',
  Created: 1,
  State: 'running',
  Status: 'Up 1 second (healthy)',
  Labels: labels,
  Ports: [{ IP: '0.0.0.0', PublicPort: 80, Type: 'tcp' }],
  Mounts: [{ Type: 'bind', Source: '/srv' }],
  HostConfig: { NetworkMode: 'default' },
  NetworkSettings: { Networks: { default: { NetworkID: 'n' } } },
};
const details = {
  Id: 'c'.repeat(64),
  RestartCount: 0,
  State: { Status: 'running', Running: true, ExitCode: 0, StartedAt: '2026-11-23T18:00:00Z' },
  HostConfig: { Memory: 1, PidsLimit: null, RestartPolicy: { Name: 'always' } },
  Mounts: [],
};
const image = { Id: 'sha256:1', RepoTags: ['x'], RepoDigests: null, Size: 1, Created: 1 };

/** What the engine answers, by path. */
const answers: Readonly<Record<string, unknown>> = {
  '/version': { Version: '28.0.0' },
  '/containers/json': [container],
  '/networks': [{ Id: 'n', Name: 'default', Driver: 'bridge', Options: { a: 'b' }, Labels: null }],
  '/volumes': { Volumes: [{ Name: 'v', Driver: 'local', Options: null, Labels: labels }] },
  '/images/json': [image],
};
const event = { Type: 'container', Action: 'die', Actor: { ID: container.Id, Attributes: labels } };
const frame = Buffer.concat([
  Buffer.of(1, 0, 0, 0, 0, 0, 0, 36),
  Buffer.from('2026-11-23T18:00:00.000000000Z hallo'),
]);

const chunk = Buffer.concat([Buffer.from(`${frame.length.toString(16)}\r\n`), frame, Buffer.from('\r\n')]);
const chunkedHead = httpAnswer('200 OK', { 'Transfer-Encoding': 'chunked' }, '');

/** Another value at some place of a document. */
function replaced(value: unknown, at: number, by: unknown): unknown {
  let left = at;
  const visit = (node: unknown): unknown => {
    if (left-- === 0) return by;
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, visit(item)]));
  };
  return visit(value);
}

const json = { 'Content-Type': 'application/json', Connection: 'close' };
const odd = fc.oneof(
  fc.constantFrom(null, 0, '', [], {}, [null], { '': null }, true),
  fc.jsonValue({ maxDepth: 2 }),
);

describe('an engine that lies, fuzzed', () => {
  test('a snapshot of documents with another value somewhere, and of answers that are none', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tl-engine-'));
    await using server = await RawAnswers.listen(path.join(folder, 'engine'));
    using unharmed = new Unharmed();
    const engine = createEngine(path.join(folder, 'engine'));
    const signal = new AbortController().signal;
    server.answer = request => {
      const known = answers[/^GET ([^? ]+)/.exec(request)?.[1] ?? ''] ?? details;
      return httpAnswer('200 OK', json, JSON.stringify(known));
    };
    const honest = await observe({ engine, device, projectNames: [], signal });
    assert.equal(honest.containers[0]?.inspection?.limits.memory, 1);
    const statuses = fc.constantFrom(
      '200 OK',
      '200 OK',
      '200 OK',
      '404 x',
      '500 x',
      '101 Switching Protocols',
      '999 ',
    );
    const wire = fc.option(mutated(httpAnswer('200 OK', { ...json, 'Content-Length': '2' }, '[]')), {
      nil: undefined,
      freq: 4,
    });
    const property = fc.asyncProperty(
      fc.nat(40),
      odd,
      fc.nat(5),
      statuses,
      wire,
      async (at, by, where, status, raw) => {
        let turn = 0;
        server.answer = request => {
          const known = answers[/^GET ([^? ]+)/.exec(request)?.[1] ?? ''] ?? details;
          const hit = turn++ === where;
          if (hit && raw !== undefined) return raw;
          return httpAnswer(
            hit ? status : '200 OK',
            json,
            JSON.stringify(hit ? replaced(known, at, by) : known),
          );
        };
        await onlyOurRejections(() => observe({ engine, device, projectNames: [], signal }));
        await unharmed.check();
      },
    );
    await fuzzed('snapshots', property, usual);
    await rm(folder, { recursive: true, force: true });
  });

  test('events and logs', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tl-engine-'));
    await using server = await RawAnswers.listen(path.join(folder, 'engine'));
    using unharmed = new Unharmed();
    const engine = createEngine(path.join(folder, 'engine'));
    const lines = fc.array(fc.tuple(fc.nat(12), odd), { maxLength: 3 });
    const noise = mutated(Buffer.from(`${JSON.stringify(event)}\n`), frame);
    const wire = mutated(Buffer.concat([chunk, chunk, Buffer.from('0\r\n\r\n')]));
    const property = fc.asyncProperty(lines, noise, wire, async (documents, bytes, chunks) => {
      const said = documents.map(([at, by]) => `${JSON.stringify(replaced(event, at, by))}\n`).join('');
      server.answer = () => httpAnswer('200 OK', json, Buffer.concat([Buffer.from(said), bytes]));
      const stop = new AbortController();
      await onlyOurRejections(() => readLastLines(engine, 'c', 100, stop.signal));
      const ask = { container: 'c', follow: true };
      await onlyOurRejections(() => readEntries(engine, ask, () => undefined, stop.signal));
      server.answer = () => Buffer.concat([chunkedHead, chunks]);
      await onlyOurRejections(() => readEntries(engine, ask, () => undefined, stop.signal));
      server.answer = () => httpAnswer('200 OK', json, Buffer.concat([Buffer.from(said), bytes]));
      await onlyOurRejections(async () => readLogLines(bytes));
      const watched = watchEngine({
        ...{ engine, device, inspections: new Inspections(), clock: createSystemClock(), onChange: () => {} },
        signal: stop.signal,
      });
      setTimeout(() => stop.abort(), 3);
      await watched;
      await unharmed.check();
    });
    await fuzzed('events and logs', property, usual);
    await rm(folder, { recursive: true, force: true });
  });
});
