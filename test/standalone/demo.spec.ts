import { runNode } from '#test/run-node';

it('plays the demo, checks every row, and leaves nothing behind', async () => {
  const { code, stdout, stderr } = await runNode(['dist/apps/standalone/src/demo/main.js', '--exit']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const shown of [
    '302  Anna clicks a banner',
    '202    her server says it again',
    '422  A pixel with three mistakes',
    'click_id: must be a UUID',
    'the receipt of her deposit says: unattributed',
    "202  Clara's click comes at last",
    'invalid_json: must be JSON',
    'Every row is as expected',
  ]) {
    expect(stdout).toContain(shown);
  }
  expect(stdout.match(/│ clara .*│ not yet .*│/g)).toHaveLength(1);
  expect(stdout.match(/│ clara .*│ yes .*│/g)).toHaveLength(1);
  expect(stdout).toMatch(/duplicate +the deposit that was told twice/);
  expect(stdout).toMatch(/PostgreSQL +\S.*\bpsql\b.*127\.0\.0\.1/);
});
