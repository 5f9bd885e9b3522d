/** The table of the API: what the server mounts below `/api/v1`. Each room brings its rows, in a file of its own here. */
import { ChangeRoom } from '../change/change-room.ts';
import type { Model } from '../model/model.ts';
import type { Route } from '../route/route.ts';
import { changeRoutes } from './change-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { modelRoutes } from './model-routes.ts';
import type { VisitorParts } from './visitor-parts.ts';

export const portalRoutes = (model: Model, visitors: VisitorParts): readonly Route[] => [
  ...modelRoutes(model),
  ...deviceRoutes(model),
  ...visitors.routes,
  ...changeRoutes(new ChangeRoom(model.home)),
];
