/**
 * What it costs the gateway to bring records from telemetry.git to six sinks of six kinds: read, checked and unpacked once, made into
 * what each receiver takes, sent, and acknowledged where the protocol has that. The gateway's side alone: receivers are another
 * process, and its CPU is not counted.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fieldsOf } from '../../core/json.ts';
import { type BenchFigure, figure } from '../figure.ts';

/** 50,000 deliveries for each second of a processor. */
const barMs = 2000;

export async function* sinkFigures(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  const receivers = started('sink-receivers.ts', [], signal);
  try {
    const ports = JSON.stringify(await said(receivers));
    const gateway = started('sinks-gateway.ts', [ports], signal);
    const { cpuMs, deliveries } = fieldsOf(await said(gateway));
    const ms = (Number(cpuMs) / Number(deliveries)) * 100_000;
    const kinds = 'file, syslog, GELF, Fluentd, Loki, Elasticsearch';
    yield figure(`100,000 deliveries, of ${deliveries} to six sinks (${kinds})`, 'CPU ms', ms, null, {
      ...{ of: 'ours', is: '<=', limit: barMs },
    });
  } finally {
    receivers.disconnect();
  }
}

function started(file: string, words: readonly string[], signal: AbortSignal): ChildProcess {
  return fork(path.join(import.meta.dirname, file), words, { signal });
}

/** @throws where it ends before it has said anything */
async function said(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnfile} ends with ${code}`);
  });
  ended.catch(() => undefined);
  const [message]: unknown[] = await Promise.race([once(child, 'message'), ended]);
  return message;
}
