/** The table of the API: what the server mounts below `/api/v1`. Each room brings its rows, in a file of its own here. */
import { ChangeRoom } from '../change/change-room.ts';
import type { Model } from '../model/model.ts';
import type { Route } from '../route/route.ts';
import { changeRoutes } from './change-routes.ts';
import { modelRoutes } from './model-routes.ts';

export const portalRoutes = (model: Model): readonly Route[] => [
  ...modelRoutes(model),
  ...changeRoutes(new ChangeRoom(model.home)),
];
