/** Rows of the API of one device: what it says is for who reads its telemetry, what its files say for who reads the repository. */
import {
  isDeviceLogsQuery,
  isDeviceMetricsQuery,
  isDevicesQuery,
  isDeviceTimelineQuery,
} from '../api/queries.generated.js';
import { deviceList } from '../model/device/device-list.ts';
import { deviceLogs } from '../model/device/device-logs.ts';
import { deviceMetrics } from '../model/device/device-metrics.ts';
import { devicePage } from '../model/device/device-page.ts';
import { devicePlan } from '../model/device/device-plan.ts';
import { deviceTimeline } from '../model/device/device-timeline.ts';
import { deviceValues } from '../model/device/device-values.ts';
import type { Model } from '../model/model.ts';
import { json } from '../route/answer.ts';
import { type Route, route } from '../route/route.ts';

export const deviceRoutes = (model: Model): readonly Route[] => [
  route({
    method: 'GET',
    path: '/devices',
    query: isDevicesQuery,
    handle: ({ viewer, query }) => ({
      kind: 'made-json',
      text: deviceList(model.board, model.sightOf(viewer), query),
    }),
  }),
  route({
    method: 'GET',
    path: '/devices/{device}',
    handle: async ({ viewer, params, signal }) =>
      json(await devicePage(model, viewer, model.sightOf(viewer).device(params.device), signal)),
  }),
  route({
    method: 'GET',
    path: '/devices/{device}/plan',
    handle: async ({ viewer, params, signal }) => {
      const sight = model.sightOf(viewer);
      const seen = sight.device(params.device);
      sight.assertReadsRepository();
      return json(await devicePlan(model, seen, signal));
    },
  }),
  route({
    method: 'GET',
    path: '/devices/{device}/values',
    handle: async ({ viewer, params }) => {
      const sight = model.sightOf(viewer);
      const { row } = sight.device(params.device);
      sight.assertReadsRepository();
      return json(await deviceValues(model, row.id));
    },
  }),
  route({
    method: 'GET',
    path: '/devices/{device}/timeline',
    query: isDeviceTimelineQuery,
    handle: async ({ viewer, params, query, signal }) => {
      const sight = model.sightOf(viewer);
      return json(await deviceTimeline(model, sight.device(params.device), { sight, query }, signal));
    },
  }),
  route({
    method: 'GET',
    path: '/devices/{device}/logs',
    query: isDeviceLogsQuery,
    handle: async ({ viewer, params, query, signal }) => {
      const { row } = model.sightOf(viewer).assertReads(params.device);
      return json(await deviceLogs(model, row.id, query, signal));
    },
  }),
  route({
    method: 'GET',
    path: '/devices/{device}/metrics',
    query: isDeviceMetricsQuery,
    handle: async ({ viewer, params, query, signal }) => {
      const { row } = model.sightOf(viewer).assertReads(params.device);
      return json(await deviceMetrics(model, row.id, query, signal));
    },
  }),
];
