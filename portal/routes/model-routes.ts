/** The rows of the API that read. */

import { meOf } from '../model/me.ts';
import type { Model } from '../model/model.ts';
import { json } from '../route/answer.ts';
import { type Route, route } from '../route/route.ts';

export const modelRoutes = (model: Model): readonly Route[] => [
  route({ method: 'GET', path: '/me', handle: ({ viewer }) => json(meOf(model.home, viewer)) }),
];
