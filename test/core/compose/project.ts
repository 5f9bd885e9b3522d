import assert from 'node:assert/strict';
import {
  type ComposeInput,
  type ComposeResult,
  loadComposeProject,
} from '../../../core/compose/load/load.ts';
import type { ComposeModel, JsonObject } from '../../../core/compose/value/model.ts';
import { formatProblem } from '../../../core/errors.ts';

export type Files = Readonly<Record<string, string>>;

/** Loads files held in memory; `compose.yaml` alone unless told otherwise. */
export function load(files: Files | string, more: Partial<ComposeInput> = {}): ComposeResult {
  const named: Files = typeof files === 'string' ? { 'compose.yaml': files } : files;
  return loadComposeProject({
    files: path => (Object.hasOwn(named, path) ? new TextEncoder().encode(named[path]) : undefined),
    composeFiles: ['compose.yaml'],
    projectName: 'shop',
    workingDirectory: '/project',
    environment: { HOME: '/home/user' },
    profiles: [],
    ...more,
  });
}

export function modelOf(files: Files | string, more: Partial<ComposeInput> = {}): ComposeModel {
  const { model, problems } = load(files, more);
  assert.deepEqual(problems.map(formatProblem), []);
  assert.ok(model);
  return model;
}

export function serviceOf(files: Files | string, name: string, more: Partial<ComposeInput> = {}): JsonObject {
  const service = modelOf(files, more).services[name];
  assert.ok(service, `no service ${name}`);
  return service;
}

/** The problems, one line each. */
export function refusals(files: Files | string, more: Partial<ComposeInput> = {}): string[] {
  return load(files, more).problems.map(formatProblem);
}
