import { runProcess, VERSION, type RunningProcess } from '#libs/runtime';
import { ALL_APPS } from './apps.js';

await runProcess('standalone', ALL_APPS, { migrates: true, onStarted: announce });

function announce({ addresses, platform }: RunningProcess): void {
  const urlOf = (label: string): string => addresses.find((a) => a.label === label)!.url;
  const call =
    'convert/fd3ba970-2330-4576-94ba-e1efc470bd56?type=deposit&amount=40&currency=usd&player_id=1874552';
  const { embedded } = platform;
  const lines = [
    `Tributary ${VERSION} runs, every app in this process. Ctrl-C ends it.`,
    `  a pixel     curl -i '${urlOf('pixels and clicks')}/${call}'`,
    `  console     ${urlOf('console')}/status`,
    `  health      ${urlOf('health and metrics')}/readyz and /metrics`,
    ...(embedded ? [`  PostgreSQL  ${embedded.psql}`] : []),
  ];
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
}
