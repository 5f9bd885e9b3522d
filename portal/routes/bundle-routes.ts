/** Rows of the API for bundles. */
import { isBundleRequest } from '../api/bodies.generated.js';
import type { BundleShelf } from '../bundles/bundle-shelf.ts';
import { json } from '../route/answer.ts';
import { type Route, route } from '../route/route.ts';

export const bundleRoutes = (shelf: BundleShelf): readonly Route[] => [
  route({
    method: 'POST',
    path: '/bundles',
    body: isBundleRequest,
    handle: async ({ viewer, body: { device, since } }) => ({
      ...{ kind: 'json', status: 201 },
      body: await shelf.begin(viewer, { device, since }),
    }),
  }),
  route({
    method: 'GET',
    path: '/bundles/{bundle}',
    handle: ({ viewer, params: { bundle } }) => json(shelf.find(viewer, bundle)),
  }),
  route({
    method: 'GET',
    path: '/bundles/{bundle}/file',
    handle: async ({ viewer, params: { bundle } }) => ({
      ...{ kind: 'file', mediaType: 'application/octet-stream' },
      ...(await shelf.file(viewer, bundle)),
    }),
  }),
];
