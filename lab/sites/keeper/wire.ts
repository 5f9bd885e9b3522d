/**
 * The way between a site's router and the internet: two taps and a program that carries frames from one to the other, as
 * late, as slowly and as incompletely as it is told. A program of our own and no netem: kernels of small machines have no
 * such queue, and what is not tried everywhere holds nowhere. In Perl, which every Debian has: opening a tap takes an ioctl.
 */
import type { LinkQuality } from '../lab-plan.ts';

/** TUNSETIFF and its flags: linux/if_tun.h. Arguments: the two taps, then a command that gives them their places. */
const program = String.raw`
use strict; use warnings; use Fcntl; use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);
my ($left, $right, @place) = @ARGV;
sub tap {
  my ($name) = @_;
  sysopen(my $file, '/dev/net/tun', O_RDWR | O_NONBLOCK) or die "/dev/net/tun: $!\n";
  my $request = pack('a16 S x22', $name, 0x0002 | 0x1000);
  ioctl($file, 0x400454ca, $request) or die "$name: $!\n";
  return $file;
}
my @ends = (tap($left), tap($right));
system(@place) == 0 or die "the taps have no place\n";
my ($delay, $loss, $rate, $cut) = (0, 0, 0, 0);
my @waiting = ([], []);
my @free = (0, 0);
my $longest = 0.5;
my $orders = '';
for (;;) {
  my $now = clock_gettime(CLOCK_MONOTONIC);
  my $next = 3600;
  for my $end (0, 1) {
    my $queue = $waiting[$end];
    while (@$queue && $queue->[0][0] <= $now) { my $due = shift @$queue; syswrite($ends[$end], $due->[1]); }
    if (@$queue && $queue->[0][0] - $now < $next) { $next = $queue->[0][0] - $now; }
  }
  my $readable = '';
  vec($readable, fileno($_), 1) = 1 for @ends, \*STDIN;
  my $count = select($readable, undef, undef, $next);
  next if $count <= 0;
  if (vec($readable, fileno(STDIN), 1)) {
    my $read = sysread(STDIN, $orders, 4096, length $orders);
    exit 0 if !$read;
    while ($orders =~ s/^([^\n]*)\n//) {
      ($delay, $loss, $rate, $cut) = split / /, $1;
      @waiting = ([], []) if $cut;
      @free = (0, 0);
    }
  }
  $now = clock_gettime(CLOCK_MONOTONIC);
  for my $from (0, 1) {
    next unless vec($readable, fileno($ends[$from]), 1);
    my $to = 1 - $from;
    for (1 .. 64) {
      my $bytes = sysread($ends[$from], my $frame, 65536);
      last unless $bytes;
      next if $cut || rand() < $loss;
      my $leaves = $now;
      if ($rate) {
        $leaves = $free[$to] if $free[$to] > $now;
        next if $leaves - $now > $longest;
        $leaves = $free[$to] = $leaves + $bytes * 8 / $rate;
      }
      if ($leaves + $delay <= $now && !@{$waiting[$to]}) { syswrite($ends[$to], $frame); }
      else { push @{$waiting[$to]}, [$leaves + $delay, $frame]; }
    }
  }
}
`;

/**
 * The command that carries. Its standard input takes lines of `wireOrder`; it ends with that.
 * @param taps names of the two, in the network in which it is started
 * @param place a command that moves them to where they belong
 */
export const wireCommand = (taps: readonly [string, string], place: string): string[] => [
  ...['perl', '-e', program],
  ...[...taps, 'sh', '-ec', place],
];

/** A line for the program. @param isCut nothing comes through, and nobody is told */
export const wireOrder = ({ delayMs, loss, bitsPerSecond = 0 }: LinkQuality, isCut: boolean): string =>
  `${delayMs / 1000} ${loss} ${bitsPerSecond} ${isCut ? 1 : 0}\n`;
