/** Rows of the API for sessions at devices, and terminals. */
import { Readable } from 'node:stream';
import { TowlineError } from '../../core/errors.ts';
import { isTerminalRequest } from '../api/bodies.generated.js';
import { isSessionsQuery } from '../api/queries.generated.js';
import type { Session } from '../api/types.generated.ts';
import { json } from '../route/answer.ts';
import { type Route, route } from '../route/route.ts';
import { liveEvents } from '../sessions/live-events.ts';
import type { SessionHome, SessionPlace } from '../sessions/session-home.ts';
import { sessionRow } from '../sessions/session-row.ts';
import type { TerminalDoor } from '../terminal/terminal-door.ts';
import type { SessionViewer } from '../terminal/terminal-home.ts';

export interface SessionParts {
  readonly home: SessionHome;
  /** Undefined: no terminals from here. */
  readonly door: TerminalDoor | undefined;
  /** ISO 8601, UTC. @param seconds from now */
  readonly timeIn: (seconds: number) => string;
}

export function sessionRoutes({ home, door, timeIn }: SessionParts): readonly Route[] {
  const asked = async (viewer: SessionViewer, place: SessionPlace, signal: AbortSignal): Promise<Session> => {
    assertReads(viewer, place.device);
    const { rows } = await home.list(viewer, place.device, signal);
    const row = rows.find(({ recording }) => recording === place.recording);
    if (row === undefined) throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such session');
    return sessionRow(row, home);
  };
  return [
    route({
      method: 'GET',
      path: '/sessions',
      query: isSessionsQuery,
      handle: async ({ viewer, query, signal }) => {
        if (query.device !== undefined) assertReads(viewer, query.device);
        const { rows, doubts, isCut } = await home.list(viewer, query.device, signal);
        return json({ sessions: rows.map(row => sessionRow(row, home)), doubts, isCut });
      },
    }),
    route({
      method: 'GET',
      path: '/sessions/{device}/{session}',
      handle: async ({ viewer, params: { device, session: recording }, signal }) =>
        json(await asked(viewer, { device, recording }, signal)),
    }),
    route({
      method: 'GET',
      path: '/sessions/{device}/{session}/recording',
      handle: async ({ viewer, params: { device, session: recording }, signal }) => {
        assertReads(viewer, device);
        const lines = await home.recording(viewer, { device, recording }, signal);
        const mediaType = 'text/plain; charset=utf-8';
        return { kind: 'file', mediaType, content: Readable.from(ended(lines)) };
      },
    }),
    route({
      method: 'GET',
      path: '/sessions/{device}/{session}/live',
      handle: async ({ viewer, params: { device, session: recording }, signal }) => {
        assertReads(viewer, device);
        const lines = await home.watch(viewer, { device, recording }, signal);
        return { kind: 'file', mediaType: 'text/event-stream', content: liveEvents(lines) };
      },
    }),
    route({
      method: 'POST',
      path: '/terminals',
      body: isTerminalRequest,
      handle: async ({ viewer, body }) => {
        if (door === undefined)
          throw new TowlineError(
            'PORTAL_SESSION_ELSEWHERE',
            `from here no terminal leads there: towline ssh ${body.device}`,
          );
        const { ticket, seconds } = await door.ticket(viewer, body);
        return { kind: 'json', status: 201, body: { ticket, expires: timeIn(seconds) } };
      },
    }),
  ];
}

/** @throws TowlineError PORTAL_NOT_FOUND, whether there is none or none for this person */
function assertReads(viewer: SessionViewer, device: string): void {
  if (!viewer.reads(device)) throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such session');
}

function* ended(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}
