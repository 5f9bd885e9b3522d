import { dashboard, labelVariable } from './dashboard.ts';
import { figure, lines, rows } from './panels.ts';

const of = 'device_id="$device"';
const disks = `${of}, fstype!~"tmpfs|overlay|squashfs"`;

export const deviceDashboard = dashboard({
  name: 'device',
  description: 'One device: how it is, its host, and what runs on it.',
  variables: [labelVariable('device', 'towline_device_silent_seconds', 'device_id')],
  panels: [
    figure({
      title: 'Last pass',
      description: 'The outcome that it last reported.',
      queries: [[`towline_device_outcome{${of}}`, '{{outcome}}']],
    }),
    figure(
      {
        title: 'Silent',
        description: 'Since it was heard of.',
        unit: 's',
        queries: [[`towline_device_silent_seconds{${of}}`, 'silent']],
      },
      3600,
    ),
    figure(
      {
        title: 'Behind',
        description: 'Since there is a commit that it does not trust.',
        unit: 's',
        queries: [[`towline_device_behind_seconds{${of}}`, 'behind']],
      },
      3600,
    ),
    figure({
      title: 'Agent',
      description: 'Its version, and its engine’s.',
      queries: [[`towline_device_info{${of}}`, '{{version}}, engine {{engine}}']],
    }),
    figure({
      title: 'System',
      description: 'Distribution and kernel.',
      queries: [[`node_os_info{${of}}`, '{{pretty_name}}']],
    }),
    figure({
      title: 'Up',
      description: 'Since it was started.',
      unit: 's',
      queries: [[`node_time_seconds{${of}} - node_boot_time_seconds{${of}}`, 'up']],
    }),
    rows({
      title: 'Apps',
      description: 'What is there, and how it goes.',
      queries: [
        [
          `towline_app_state{${of}} * on (device_id, project) group_left (release) towline_app_info{${of}}`,
          '',
        ],
      ],
    }),
    rows({
      title: 'Conditions',
      description: '1: it holds.',
      queries: [[`towline_device_condition{${of}}`, '']],
    }),
    lines({
      title: 'Processor',
      description: 'Part of all processors, by what it does.',
      unit: 'percentunit',
      queries: [
        [
          `sum by (mode) (rate(node_cpu_seconds_total{${of}, mode!="idle"}[$__rate_interval])) / scalar(count(node_cpu_seconds_total{${of}, mode="idle"}))`,
          '{{mode}}',
        ],
      ],
    }),
    lines({
      title: 'Load',
      description: 'Who waits for a processor or a disk.',
      queries: [
        [`node_load1{${of}}`, '1 min'],
        [`node_load5{${of}}`, '5 min'],
        [`node_load15{${of}}`, '15 min'],
      ],
    }),
    lines({
      title: 'Memory',
      description: 'Of the host.',
      unit: 'bytes',
      queries: [
        [`node_memory_MemTotal_bytes{${of}}`, 'all'],
        [`node_memory_MemTotal_bytes{${of}} - node_memory_MemAvailable_bytes{${of}}`, 'used'],
      ],
    }),
    lines({
      title: 'Room',
      description: 'Part of each disk, and of its inodes, that is used.',
      unit: 'percentunit',
      queries: [
        [`1 - node_filesystem_avail_bytes{${disks}} / (node_filesystem_size_bytes > 0)`, '{{mountpoint}}'],
        [`1 - node_filesystem_files_free{${disks}} / (node_filesystem_files > 0)`, '{{mountpoint}}, inodes'],
      ],
    }),
    lines({
      title: 'Disks',
      description: 'Read and written.',
      unit: 'Bps',
      queries: [
        [`rate(node_disk_read_bytes_total{${of}}[$__rate_interval])`, '{{device}} read'],
        [`rate(node_disk_written_bytes_total{${of}}[$__rate_interval])`, '{{device}} written'],
      ],
    }),
    lines({
      title: 'Network',
      description: 'Received and sent.',
      unit: 'Bps',
      queries: [
        [`rate(node_network_receive_bytes_total{${of}}[$__rate_interval])`, '{{device}} received'],
        [`rate(node_network_transmit_bytes_total{${of}}[$__rate_interval])`, '{{device}} sent'],
      ],
    }),
    lines({
      title: 'Containers: processor',
      description: 'Processors that each of them uses.',
      queries: [
        [`rate(container_cpu_usage_seconds_total{${of}}[$__rate_interval])`, '{{project}} {{service}}'],
      ],
    }),
    lines({
      title: 'Containers: memory',
      description: 'What cannot be taken from them: the working set.',
      unit: 'bytes',
      queries: [[`container_memory_working_set_bytes{${of}}`, '{{project}} {{service}}']],
    }),
    lines({
      title: 'The agent itself',
      description: 'What Towline takes on the device.',
      unit: 'bytes',
      queries: [[`towline_agent_resident_memory_bytes{${of}}`, 'resident']],
    }),
    lines({
      title: 'Clock',
      description:
        'How far it was off when the device was last heard of, and whether the device believes it (1).',
      queries: [
        [`towline_device_clock_offset_seconds{${of}}`, 'seconds ahead'],
        [`towline_clock_believed{${of}}`, 'believed'],
      ],
    }),
  ],
});
