/** The rows of the API that read. */
import { isDevicesQuery } from '../api/queries.generated.js';
import { deviceList } from '../model/device-list.ts';
import { meOf } from '../model/me.ts';
import type { Model } from '../model/model.ts';
import { overview } from '../model/overview.ts';
import { json } from '../route/answer.ts';
import { type Route, route } from '../route/route.ts';

export const modelRoutes = (model: Model): readonly Route[] => [
  route({ method: 'GET', path: '/me', handle: ({ viewer }) => json(meOf(model.home, viewer)) }),
  route({
    method: 'GET',
    path: '/overview',
    handle: async ({ viewer, signal }) => json(await overview(model, model.sightOf(viewer), signal)),
  }),
  route({
    method: 'GET',
    path: '/devices',
    query: isDevicesQuery,
    handle: ({ viewer, query }) => ({
      kind: 'made-json',
      text: deviceList(model.board, model.sightOf(viewer), query),
    }),
  }),
];
