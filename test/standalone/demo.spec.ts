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
  expect(stdout.match(/│ clara .*│ not yet │/g)).toHaveLength(1);
  expect(stdout.match(/│ clara .*│ known .*│/g)).toHaveLength(2);
  expect(stdout).toMatch(/│ dana +│ first deposit │ +40 → 25 USD │ dep-2001 /);
  expect(stdout).toMatch(/│ dana +│ payout +│ +3 → 0 USD │ goal-77 /);
  expect(stdout).toMatch(/│ erik +│ deposit +│ +27\.5 USD │ dep-3001 .*│ intarget-product-api, │/);
  expect(stdout).toMatch(/│ erik +│ first deposit │ +10 USD │ dep-3000 /);
  expect(stdout).toMatch(/│ erik +│ payout +│ +11\.05 → 0 │ 2601266 /);
  expect(stdout).toMatch(/│ frida +│ purchase +│ +59\.9 EUR │ .*│ shop, shop-ga4 /);
  expect(stdout).toMatch(/│ – +│ purchase +│ +20 EUR │ .*│ shop-ga4 /);
  expect(stdout).toMatch(/│ – +│ purchase +│ +25 EUR │ .*│ shop-ga4 /);
  expect(stdout).toMatch(/│ The Newsletter │ newsletter-cpa +│ \d{4}-\d\d │ CPA +│ +1 │ 20\.00 EUR │/);
  expect(stdout).toMatch(
    /│ Affiliate 42 +│ affiliate-42-share │ \d{4}-\d\d │ Revenue share │ +2 │ 13\.25 USD │/,
  );
  expect(stdout).toMatch(/│ The Streamer +│ streamer-hybrid +│ \d{4}-\d\d │ CPA +│ +1 │ 30\.00 USD │/);
  expect(stdout).toMatch(
    /│ The Streamer +│ streamer-hybrid +│ \d{4}-\d\d │ Revenue share │ +1 │ +6\.80 USD │/,
  );
  expect(stdout.match(/^ {2}log {2}/gm)).toHaveLength(11);
  expect(stdout.match(/^ {2}poll /gm)).toHaveLength(8);
  expect(stdout).toMatch(/duplicate +the deposit that was told twice/);
  const text = stdout.replace(/\s+/g, ' ');
  for (const explained of [
    'dep-2001 is the transaction of a deposit of spacevegas.',
    "Fact by intarget (a partner's API), its row in table transactions says 40 USD",
    'Fact by acme (a postback) says 41 USD',
    'Fact by payments (Pub/Sub) says 40 USD',
    'Fact by pixel-server (a server pixel) says 40 USD',
    'Fact by pixel-browser (a browser pixel) says 40 USD',
    'Fact by ga4 (GA4) says 39.99 USD',
    'not taken: 41 USD (acme), 39.99 USD (ga4)',
    'net_amount 25 USD — 40 − 15 (refund refund-1, by intarget)',
  ]) {
    expect(text).toContain(explained);
  }
  const tooWide = stdout
    .split('\n')
    .filter((line) => line.length > 100 && !/PostgreSQL|tools|GA4 export|DATA_DIR=/.test(line));
  expect(tooWide).toEqual([]);
  expect(stdout).toMatch(/PostgreSQL +\S.*\bpsql\b.*127\.0\.0\.1/);
});
