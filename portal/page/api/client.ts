/** Asks the server. Every answer is made fit to be shown before anybody sees it. */
import { signal } from '@preact/signals';
import { say } from '../words/say.ts';
import { Failure, type FailureFacts } from './failure.ts';
import { shown } from './shown.ts';

const sessionKey = 'towline-session';
const base = '/api/v1';

/** At a gateway: what every request that changes something must bring along. */
let csrf: string | undefined;

/** Counts up when the server no longer knows who this is. */
export const loggedOut = signal(0);

/** At a desk: in this tab alone, for cookies are shared between ports. */
export function keepSession(session: string | undefined): void {
  if (session === undefined) sessionStorage.removeItem(sessionKey);
  else sessionStorage.setItem(sessionKey, session);
}

export function keepCsrf(value: string | undefined): void {
  csrf = value;
}

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  /** In the place of a body: a file, as it is. */
  readonly file?: Blob;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** The answer as it comes, where it is one. @throws Failure */
export async function request(path: string, asking: Asking = {}): Promise<Response> {
  const { method = 'GET', body, file, signal: until } = asking;
  const session = sessionStorage.getItem(sessionKey);
  const headers: Record<string, string> = { ...asking.headers };
  if (session !== null) headers.authorization = `Bearer ${session}`;
  if (method !== 'GET') {
    headers['content-type'] = file === undefined ? 'application/json' : 'application/octet-stream';
    if (csrf !== undefined) headers['x-towline-csrf'] = csrf;
  }
  let response: Response;
  try {
    response = await fetch(base + path, {
      method,
      headers,
      // Never a body of nothing: the server takes JSON alone, or a file.
      ...(method === 'GET' ? {} : { body: file ?? JSON.stringify(body ?? {}) }),
      ...(until === undefined ? {} : { signal: until }),
      credentials: 'same-origin',
      redirect: 'error',
    });
  } catch (error) {
    if (until?.aborted === true) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure({ status: 0, code: 'PAGE_NETWORK', message: say('error.network', { why }) });
  }
  if (response.ok) return response;
  if (response.status === 401 && !path.startsWith('/login/')) loggedOut.value += 1;
  throw new Failure(await factsOf(response));
}

async function factsOf(response: Response): Promise<FailureFacts> {
  const { status } = response;
  try {
    const answer: unknown = JSON.parse(await response.text(), shown);
    if (isErrorAnswer(answer)) return { status, ...answer.error };
  } catch {
    // Something between here and the server has answered.
  }
  return { status, code: 'PAGE_FORM', message: say('error.form', { status }) };
}

function isErrorAnswer(value: unknown): value is { error: Omit<FailureFacts, 'status'> } {
  if (typeof value !== 'object' || value === null || !('error' in value)) return false;
  const { error } = value;
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

/** @throws Failure */
export async function ask<T>(path: string, asking: Asking = {}): Promise<T> {
  const response = await request(path, asking);
  const text = await response.text();
  // What it holds is the contract of the server's own description, which types both ends.
  return JSON.parse(text === '' ? 'null' : text, shown);
}

/** `?a=b&c=d` of what is there; empty where nothing is. */
export function query(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const there = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(there.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}
