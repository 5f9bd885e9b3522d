import { dashboard } from './dashboard.ts';
import { figure, lines, rows } from './panels.ts';

export const fleetDashboard = dashboard({
  name: 'fleet',
  description: 'How the fleet is: who is silent, behind, or has rolled back; what runs where.',
  variables: [],
  panels: [
    figure({
      title: 'Devices',
      description: 'Devices of the trusted fleet.',
      queries: [['towline_gateway_devices', 'devices']],
    }),
    figure(
      {
        title: 'Silent',
        description: 'Devices that were not heard of for an hour.',
        queries: [['count(towline_device_silent_seconds > 3600) or vector(0)', 'silent']],
      },
      1,
    ),
    figure(
      {
        title: 'Behind',
        description: 'Devices that have not trusted the newest commit for an hour.',
        queries: [['count(towline_device_behind_seconds > 3600) or vector(0)', 'behind']],
      },
      1,
    ),
    figure(
      {
        title: 'Rolled back or failed',
        description: 'Apps on devices.',
        queries: [['count(towline_app_state{state=~"rolled-back|failed"}) or vector(0)', 'apps']],
      },
      1,
    ),
    figure(
      {
        title: 'Not trusting main',
        description: 'Devices that stopped before the head of main.',
        queries: [['count(towline_device_stopped) or vector(0)', 'devices']],
      },
      1,
    ),
    figure(
      {
        title: 'Little room',
        description: 'Devices of which a disk has less than a tenth left.',
        queries: [
          [
            'count(count by (device_id) (node_filesystem_avail_bytes{fstype!~"tmpfs|overlay|squashfs"} / (node_filesystem_size_bytes > 0) < 0.1)) or vector(0)',
            'devices',
          ],
        ],
      },
      1,
    ),
    lines({
      title: 'How the last pass went',
      description: 'Devices by the outcome that they last reported.',
      queries: [['count by (outcome) (towline_device_outcome)', '{{outcome}}']],
    }),
    lines({
      title: 'Apps',
      description: 'Apps on devices, by how they go.',
      queries: [['count by (state) (towline_app_state)', '{{state}}']],
    }),
    lines({
      title: 'Releases',
      description: 'On how many devices which release of an app runs: a rollout, as it goes.',
      queries: [['count by (app, release) (towline_app_info)', '{{app}} {{release}}']],
    }),
    lines({
      title: 'Agents and engines',
      description: 'Devices by version.',
      queries: [
        ['count by (version) (towline_device_info)', 'agent {{version}}'],
        ['count by (engine) (towline_device_info{engine!=""})', 'engine {{engine}}'],
      ],
    }),
    rows({
      title: 'Silent the longest',
      description: 'Seconds since they were heard of.',
      unit: 's',
      queries: [['topk(20, towline_device_silent_seconds)', '']],
    }),
    rows({
      title: 'Behind the longest',
      description: 'Seconds since there is a commit that they do not trust.',
      unit: 's',
      queries: [['topk(20, towline_device_behind_seconds)', '']],
    }),
    rows({
      title: 'Conditions that do not hold',
      description: 'By device: `towline status DEVICE` says why.',
      queries: [['towline_device_condition == 0', '']],
    }),
    rows({
      title: 'Fullest disks',
      description: 'Part that is left.',
      unit: 'percentunit',
      queries: [
        [
          'bottomk(20, node_filesystem_avail_bytes{fstype!~"tmpfs|overlay|squashfs"} / (node_filesystem_size_bytes > 0))',
          '',
        ],
      ],
    }),
  ],
});
