/**
 * The one registry of error codes. An area's codes stand in `core/errors/<area>.ts`; every code has its cause
 * and remedy in docs/reference/errors.md, which is generated from here.
 */
import { accessErrors, tunnelErrors } from './errors/access.ts';
import { agentErrors } from './errors/agent.ts';
import { agentUpdateErrors, agentVersionErrors } from './errors/agent-updates.ts';
import { backupErrors } from './errors/backup.ts';
import { cliErrors } from './errors/cli.ts';
import { composeErrors } from './errors/compose.ts';
import type { ErrorDefinition, NextAction } from './errors/definition.ts';
import { engineErrors } from './errors/engine.ts';
import { fleetErrors } from './errors/fleet.ts';
import { gatewayErrors } from './errors/gateway.ts';
import { gitErrors } from './errors/git.ts';
import { firewallErrors, labErrors, mirrorErrors } from './errors/machines.ts';
import { portalErrors } from './errors/portal.ts';
import { recordingErrors } from './errors/recording.ts';
import { releaseErrors } from './errors/release.ts';
import { secretsErrors } from './errors/secrets.ts';
import { telemetryErrors } from './errors/telemetry.ts';
import { trustErrors } from './errors/trust.ts';
import { trustPolicyErrors } from './errors/trust-policy.ts';

const registry = {
  ...fleetErrors,
  ...releaseErrors,
  ...trustErrors,
  ...trustPolicyErrors,
  ...composeErrors,
  ...gitErrors,
  ...engineErrors,
  ...agentErrors,
  ...agentVersionErrors,
  ...agentUpdateErrors,
  ...backupErrors,
  ...gatewayErrors,
  ...cliErrors,
  ...telemetryErrors,
  ...tunnelErrors,
  ...recordingErrors,
  ...accessErrors,
  ...secretsErrors,
  ...portalErrors,
  ...labErrors,
  ...mirrorErrors,
  ...firewallErrors,
};

/** A stable code of the registry. */
export type ErrorCode = keyof typeof registry;

export const errorRegistry: Readonly<Record<ErrorCode, ErrorDefinition>> = registry;

/** Where in a file something is wrong. Line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface TowlineErrorOptions extends ErrorOptions {
  readonly position?: Position;
  /** Facts for the log and for `--json`: never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The one class of errors that Towline throws on purpose. */
export class TowlineError extends Error {
  override readonly name = 'TowlineError';
  readonly code: ErrorCode;
  readonly position: Position | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: TowlineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.position = options.position;
    this.details = options.details ?? {};
  }

  get next(): NextAction {
    return errorRegistry[this.code].next;
  }

  get remedy(): string {
    return errorRegistry[this.code].remedy;
  }
}

/** A finding in a file. Readers collect all of them rather than throw the first. */
export interface Problem {
  readonly position: Position;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Findings that keep something from being done: each of them is shown. */
export class FleetProblems extends TowlineError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    super('CLI_INVALID_FLEET', `${count} in the fleet repository`);
    this.problems = problems;
  }
}

/** A finding as `--json` shows it. */
export const problemJson = ({ code, message, position }: Problem) => ({ ...position, code, message });

/** `file:line:column code message`, the one form in which findings are shown. */
export function formatProblem(problem: Problem): string {
  const { file, line, column } = problem.position;
  const place = [file, line, line === undefined ? undefined : column]
    .filter(part => part !== undefined)
    .join(':');
  return `${place} ${problem.code} ${problem.message}`;
}

/** `file:line message`: beside its code, which stands elsewhere. */
export function placedMessage({ position: { file, line }, message }: Problem): string {
  return `${line === undefined ? file : `${file}:${line}`} ${message}`;
}

/** Narrows to our own errors; with `code`, to one of them. */
export function isTowlineError(error: unknown, code?: ErrorCode): error is TowlineError {
  return error instanceof TowlineError && (code === undefined || error.code === code);
}

/** Whether a word from outside is one of our codes. */
export function isErrorCode(word: unknown): word is ErrorCode {
  return typeof word === 'string' && Object.hasOwn(errorRegistry, word);
}
