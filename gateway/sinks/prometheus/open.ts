import { parseDuration } from '../../../core/duration.ts';
import type { OpenSink } from '../open-sink.ts';
import { PrometheusSink } from './prometheus-sink.ts';

export const openPrometheus: OpenSink<'prometheus'> = (file, { view, clock }) => {
  const { labels = [], staleness, seriesPerDevice = 2000, series = 1_000_000, filter } = file;
  const stalenessMs = staleness === undefined ? undefined : parseDuration(staleness);
  const limits = { seriesPerDevice, series, stalenessMs };
  return new PrometheusSink({ labels, limits, devices: filter?.devices, view, clock });
};
