/** The rows of the API that read the fleet. */
import {
  isAuditQuery,
  isJumpQuery,
  isReleaseDiffQuery,
  isRolloutQuery,
  isUpgradesQuery,
} from '../api/queries.generated.js';
import { appList, appPage } from '../model/fleet/app-pages.ts';
import { jump } from '../model/fleet/jump.ts';
import { releaseDiff, releasePage } from '../model/fleet/release-page.ts';
import { rolloutPage } from '../model/fleet/rollout-page.ts';
import { upgrades } from '../model/fleet/upgrades.ts';
import { meOf } from '../model/me.ts';
import type { Model } from '../model/model.ts';
import { overview } from '../model/overview.ts';
import { auditPage } from '../model/people/audit-page.ts';
import { enrolmentList } from '../model/people/enrolment-list.ts';
import { peopleList } from '../model/people/people-list.ts';
import { rolloutRow, seenReports } from '../model/rollouts.ts';
import { json } from '../route/answer.ts';
import { type Route, route } from '../route/route.ts';

export const modelRoutes = (model: Model): readonly Route[] => [
  ...fleetRoutes(model),
  ...peopleRoutes(model),
];

const fleetRoutes = (model: Model): readonly Route[] => [
  route({ method: 'GET', path: '/me', handle: ({ viewer }) => json(meOf(model.home, viewer)) }),
  route({
    method: 'GET',
    path: '/overview',
    handle: async ({ viewer, signal }) => json(await overview(model, model.sightOf(viewer), signal)),
  }),
  route({
    method: 'GET',
    path: '/apps',
    handle: async ({ viewer, signal }) => json(await appList(model, model.sightOf(viewer), signal)),
  }),
  route({
    method: 'GET',
    path: '/apps/{app}',
    handle: async ({ viewer, params, signal }) =>
      json(await appPage(model, model.sightOf(viewer), params.app, signal)),
  }),
  route({
    method: 'GET',
    path: '/apps/{app}/releases/{version}',
    handle: async ({ viewer, params, signal }) =>
      json(await releasePage(model, model.sightOf(viewer), params, signal)),
  }),
  route({
    method: 'GET',
    path: '/apps/{app}/releases/{version}/diff',
    query: isReleaseDiffQuery,
    handle: async ({ viewer, params, query }) =>
      json(await releaseDiff(model, model.sightOf(viewer), params, query.from)),
  }),
  route({
    method: 'GET',
    path: '/rollouts',
    handle: async ({ viewer, signal }) => {
      const sight = model.sightOf(viewer);
      const reports = seenReports(await model.rollouts.reports(model.seen, signal), sight);
      return json({ commit: model.seen.commit, rollouts: reports.map(report => rolloutRow(report, sight)) });
    },
  }),
  route({
    method: 'GET',
    path: '/rollouts/{app}/{name}',
    query: isRolloutQuery,
    handle: async ({ viewer, params: { app, name }, query, signal }) =>
      json(await rolloutPage(model, model.sightOf(viewer), { key: `${app}/${name}`, query }, signal)),
  }),
  route({
    method: 'GET',
    path: '/upgrades',
    query: isUpgradesQuery,
    handle: async ({ viewer, query, signal }) =>
      json(await upgrades(model, viewer, { sight: model.sightOf(viewer), query }, signal)),
  }),
];

/** People, what they did, and what they look for. */
const peopleRoutes = (model: Model): readonly Route[] => [
  route({
    method: 'GET',
    path: '/audit',
    query: isAuditQuery,
    handle: async ({ viewer, query, signal }) =>
      json(await auditPage(model, model.sightOf(viewer), query, signal)),
  }),
  route({
    method: 'GET',
    path: '/enrolments',
    handle: async ({ viewer, signal }) => json(await enrolmentList(model, model.sightOf(viewer), signal)),
  }),
  route({
    method: 'GET',
    path: '/people',
    handle: ({ viewer }) => json(peopleList(model, model.sightOf(viewer))),
  }),
  route({
    method: 'GET',
    path: '/jump',
    query: isJumpQuery,
    handle: async ({ viewer, query, signal }) =>
      json(await jump(model, model.sightOf(viewer), query.q, signal)),
  }),
];
