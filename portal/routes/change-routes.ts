/** The rows of the API that change: each change is a commit that somebody signs. */
import { isIntent, isSignRequest } from '../api/bodies.generated.js';
import type { ChangeRoom } from '../change/change-room.ts';
import { personMs } from '../home/change-home.ts';
import { json } from '../route/answer.ts';
import { type Route, route } from '../route/route.ts';

export const changeRoutes = (room: ChangeRoom): readonly Route[] => [
  route({
    method: 'POST',
    path: '/changes',
    body: isIntent,
    handle: async ({ viewer, body, signal }) => ({
      ...{ kind: 'json', status: 201, body: await room.propose(viewer, body, signal) },
    }),
  }),
  route({
    method: 'GET',
    path: '/changes/{change}',
    handle: async ({ viewer, params, signal }) => json(await room.get(viewer, params.change, signal)),
  }),
  route({
    method: 'POST',
    path: '/changes/{change}/sign',
    body: isSignRequest,
    waitsMs: personMs,
    handle: async ({ viewer, params, body, signal }) =>
      json(await room.sign(viewer, params.change, body, signal)),
  }),
  route({
    method: 'GET',
    path: '/changes/{change}/patch',
    handle: ({ viewer, params }) => {
      const { name, text } = room.patch(viewer, params.change);
      return { kind: 'file', content: Buffer.from(text), mediaType: 'text/plain; charset=utf-8', name };
    },
  }),
  route({
    method: 'DELETE',
    path: '/changes/{change}',
    handle: ({ viewer, params }) => {
      room.drop(viewer, params.change);
      return { kind: 'nothing' };
    },
  }),
];
