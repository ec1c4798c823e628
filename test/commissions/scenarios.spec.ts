import type { Database } from '#libs/database';
import { CloseRefused, readPlayer, readStatement, simulate, storeDeals } from '#apps/commissions';
import { rebuild } from '#apps/attribution';
import {
  bet,
  click,
  contact,
  install,
  player,
  registration,
  reversal,
  session,
  transaction,
} from './casino.js';
import { DEALS, NGR, SHARE, agreementOf } from './deals.js';
import { keptProblems } from './kept-facts.js';
import { NOW, amounts, commissionDump, importRates, settle, tell } from './ledger.js';
import { closeMonth, withCasino } from './with-casino.js';

let database: Database;
withCasino((opened) => (database = opened));

const close = (agreement: string, period: string) => closeMonth(database, agreement, period);

describe('commissions', () => {
  it('pay a share of what players bring, and a CPA where they qualify', async () => {
    await storeDeals(database, DEALS, NOW);
    await tell(database, [
      click('c1', '2026-10-01', { link: 'acme-1' }),
      registration('p1', 'c1', '2026-10-02'),
      transaction('t1', 'p1', '30', '2026-10-03'),
      transaction('t2', 'p1', '20', '2026-10-05'),
      session('s1', 'p1', ['100', '40'], '2026-10-04'),
      bet('b1', 'p1', '10', '2026-10-06', { win_amount: '0', status: 'lost' }),
      bet('open', 'p1', '1000', '2026-10-06', { status: 'open' }),
    ]);
    const report = await settle(database);
    expect(report).toMatchObject({ subjects: 1, contested: 0, missingRates: [] });
    // GGR 70 · 0.75 = 52.5, less jackpot 1.1 and fee on 50 of 1: 50.4; less 5 %: 47.88; a fifth
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ cpa: '40', revenue_share: '9.576' });
    const breakdown = await readPlayer(database, 'acme', '2026-10', 'p1');
    expect(breakdown).toMatchObject({ matched_by: 'link', months: [{ ggr: '70', base: '47.88' }] });
    const statement = await readStatement(database, 'acme', '2026-10', NOW);
    expect(statement).toMatchObject({ status: 'open', amount: '49.58', unfinished: [] });
  });

  it('take a CPA back in the next open month where its deposit is reversed behind the close', async () => {
    await storeDeals(database, DEALS, NOW);
    await tell(database, [
      click('c1', '2026-10-01', { link: 'core-1' }),
      registration('p1', 'c1', '2026-10-02'),
      transaction('t1', 'p1', '30', '2026-10-03'),
    ]);
    await settle(database);
    await close('core', '2026-10');
    await tell(database, [reversal('t1', '2026-11-05')]);
    await settle(database);
    expect(await amounts(database, 'core', '2026-10')).toEqual({});
    expect(await readStatement(database, 'core', '2026-10', NOW)).toMatchObject({
      ...{ status: 'closed', number: 1, payable: '30', closed_by: 'finance' },
      lines: [{ kind: 'cpa', of_period: '2026-10', players: 1, exact: '30', amount: '30' }],
    });
    expect(await readStatement(database, 'core', '2026-11', NOW)).toMatchObject({
      ...{ status: 'open', payable: '0', closing_balance: '-30' },
      lines: [{ kind: 'cpa', of_period: '2026-10', exact: '-30', amount: '-30' }],
    });
    await close('core', '2026-11');
    expect(await readStatement(database, 'core', '2026-12', NOW)).toMatchObject({ opening_balance: '-30' });
    await expect(close('core', '2026-11')).rejects.toThrow(CloseRefused);
  });

  it('refuse any change of what is closed', async () => {
    await storeDeals(database, DEALS, NOW);
    await tell(database, [
      click('c1', '2026-10-01', { link: 'core-1' }),
      registration('p1', 'c1', '2026-10-02'),
      transaction('t1', 'p1', '30', '2026-10-03'),
    ]);
    await settle(database);
    await close('core', '2026-10');
    for (const sql of [
      `UPDATE tributary.statements SET payable = 0`,
      `DELETE FROM tributary.statement_lines`,
      `UPDATE tributary.commission_entries SET amount = 1`,
      `TRUNCATE tributary.commission_entries`,
      `UPDATE tributary.statement_players SET amounts = '{}'`,
      `DELETE FROM tributary.statement_players`,
      `TRUNCATE tributary.statement_players`,
      `UPDATE tributary.plans SET terms = '{}'`,
      `DELETE FROM tributary.plans`,
      `UPDATE tributary.ngr_versions SET effective = '(,)'`,
      `UPDATE tributary.agreement_versions SET terms = '{}', superseded_at = now()`,
      `TRUNCATE tributary.agreement_versions`,
      `INSERT INTO tributary.statement_players SELECT agreement, period, '2026-09', subject, number, matched_by, click_id,
        exclusions, triggers, months, commissions, fee_rates, facts, kinds, ids, transaction_ids, events, instants, types, amounts, returns,
        bet_counts, currencies, rates, segments, for_cpas FROM tributary.statement_players`,
      `INSERT INTO tributary.statement_lines VALUES ('core', '2026-10', '2026-09', 'cpa', 1, 1, 1)`,
      `INSERT INTO tributary.commission_entries
        (agreement, booked_in, of_period, subject, kind, amount, currency, basis, written_at)
        VALUES ('core', '2026-10', '2026-10', 'p1', 'cpa', 1, 'EUR', '{}', now())`,
    ]) {
      await expect(database.pool.query(sql)).rejects.toMatchObject({ code: '23001' });
    }
  });

  it('close nothing that was reckoned by other facts than are there, and are reckoned again then', async () => {
    await storeDeals(database, DEALS, NOW);
    await tell(database, [
      click('c1', '2026-10-01', { link: 'core-1' }),
      registration('p1', 'c1', '2026-10-02'),
      session('s1', 'p1', ['100', '0'], '2026-10-04'),
    ]);
    await settle(database);
    await database.transaction(async (client) => {
      await client.query("SET LOCAL session_replication_role = 'replica'");
      await client.query(
        'UPDATE tributary.game_sessions SET win_amount = 50, canonical_event_id = md5(session_id)',
      );
    });
    await expect(close('core', '2026-10')).rejects.toThrow(
      '1 players were reckoned by other facts than are there',
    );
    expect((await database.pool.query('SELECT FROM tributary.statements')).rowCount).toBe(0);
    expect((await database.pool.query('SELECT FROM tributary.statement_players')).rowCount).toBe(0);
    expect(await settle(database)).toMatchObject({ subjects: 1, months: 1 });
    await close('core', '2026-10');
    expect(await keptProblems(database)).toEqual([]);
  });

  it('keep a fee in another currency, and what was qualified for by facts of the month before', async () => {
    const deals = [
      { ...NGR, versions: [{ ...NGR.versions[0]!, fixed: { amount: '1', currency: 'USD' } }] },
      ...DEALS.slice(1),
    ];
    await storeDeals(database, deals, NOW);
    await importRates(database, [
      ['USD', '2026-09-27', '1.6'],
      ['USD', '2026-10-01', '1.25'],
    ]);
    await tell(database, [
      click('c1', '2026-09-20', { link: 'acme-1' }),
      registration('p1', 'c1', '2026-09-20'),
      transaction('t1', 'p1', '64', '2026-09-28', { currency: 'USD' }),
      session('s1', 'p1', ['10', '0'], '2026-09-29'),
      transaction('t2', 'p1', '10', '2026-10-03'),
      session('s2', 'p1', ['100', '0'], '2026-10-04', { bets: '3' }),
    ]);
    await settle(database);
    await close('acme', '2026-10');
    expect(await amounts(database, 'acme', '2026-10')).toMatchObject({ cpa: '40' });
    const kept = await database.pool.query(
      `SELECT kind, id, amount::text, rate::text, segment, for_cpa FROM tributary.statement_facts ORDER BY occurred_at`,
    );
    expect(kept.rows).toMatchObject([
      { kind: 'deposit', amount: '64', rate: '0.625', segment: null, for_cpa: true },
      { kind: 'game_session', id: 's1', segment: null, for_cpa: true },
      { kind: 'deposit', amount: '10', rate: null, segment: 0, for_cpa: true },
      { kind: 'game_session', id: 's2', segment: 0, for_cpa: true },
    ]);
    expect(await keptProblems(database, deals)).toEqual([]);
  });

  it('are paid by one plan and reckoned by one NGR at any time: the database refuses a second', async () => {
    await storeDeals(database, DEALS, NOW);
    for (const [table, columns] of [
      ['plans', 'agreement_no, type'],
      ['ngr_versions', 'ngr_no, time_zone'],
    ] as const) {
      const second = `INSERT INTO tributary.${table} (version, effective, terms, stored_at, ${columns})
        SELECT 'second', tstzrange(lower(effective), lower(effective) + interval '1 day'), terms, stored_at, ${columns}
        FROM tributary.${table} LIMIT 1`;
      await expect(database.pool.query(second)).rejects.toMatchObject({ code: '23P01' });
    }
  });

  it('know a month by what is still to come: its end, marks, rates', async () => {
    await storeDeals(database, DEALS, NOW);
    await tell(database, [
      click('c1', '2026-10-01', { link: 'core-1' }),
      registration('p1', 'c1', '2026-10-02'),
      transaction('t1', 'p1', '30', '2026-10-03'),
      session('s1', 'p1', ['90', '50'], '2026-10-04', { currency: 'USD' }),
    ]);
    await expect(close('core', '2026-10')).rejects.toThrow(
      'players whose facts have changed are not reckoned yet',
    );
    expect(await settle(database)).toMatchObject({ missingRates: ['USD 2026-10-04'] });
    await expect(close('core', '2026-10')).rejects.toThrow('no rate for USD 2026-10-04');
    await expect(close('core', '2027-02')).rejects.toThrow(
      'the month is not over until 2027-02-28T23:00:00.000000Z',
    );
    expect(await amounts(database, 'core', '2026-10')).toEqual({ cpa: '30' });

    await importRates(database, [['USD', '2026-10-02', '1.25']]);
    expect(await settle(database)).toMatchObject({ subjects: 1, missingRates: [] });
    // GGR 32 · 0.75 = 24, less 0.72 and 0.6: 22.68; less 5 %: 21.546; half of it works off the advance
    expect(await amounts(database, 'core', '2026-10')).toEqual({
      cpa: '30',
      recoup: '-10.773',
      revenue_share: '10.773',
    });
    // A later rate, nearer to the day
    await importRates(database, [['USD', '2026-10-04', '1']]);
    await settle(database);
    expect(await amounts(database, 'core', '2026-10')).toMatchObject({ revenue_share: '13.5375' });
    await close('core', '2026-10');
  });

  it('do not count what waits of other brands and months', async () => {
    const elsewhere = agreementOf(
      'else',
      [{ type: 'cpa', from: '2026-01-01', cpa: { on: 'ftd', amount: '1' } }],
      {
        brand: 'noble',
      },
    );
    await storeDeals(database, [...DEALS, elsewhere], NOW);
    await settle(database);
    await tell(database, [
      click('c1', '2026-10-01', { link: 'core-1' }),
      registration('p1', 'c1', '2026-10-02'),
    ]);
    await settle(database);
    await tell(database, [session('s1', 'p1', ['90', '50'], '2026-11-04')]);
    const unfinished = async (agreement: string, period: string): Promise<string[]> =>
      (await readStatement(database, agreement, period, NOW))!.unfinished;
    expect(await unfinished('else', '2026-11')).toEqual([]);
    expect(await unfinished('core', '2026-10')).toEqual([]);
    expect(await unfinished('core', '2026-11')).toEqual(['1 mark waits to be reckoned']);
    expect(await unfinished('acme', '2026-11')).toEqual(['1 mark waits to be reckoned']);
    await settle(database);
    expect(await unfinished('core', '2026-11')).toEqual([]);
  });

  it('cut a month where the plan changes, and refuse to change what is closed', async () => {
    const until = (to: string) => ({ ...SHARE, to });
    const richer = { ...SHARE, from: '2026-10-16', revenue_share: { ...SHARE.revenue_share, rate: '0.5' } };
    await storeDeals(database, [NGR, agreementOf('acme', [SHARE])], NOW);
    await tell(database, [
      click('c1', '2026-10-01', { link: 'acme-1' }),
      registration('p1', 'c1', '2026-09-02'),
      session('s0', 'p1', ['100', '0'], '2026-09-04'),
      session('s1', 'p1', ['100', '0'], '2026-10-04'),
      session('s2', 'p1', ['100', '0'], '2026-10-20'),
    ]);
    await settle(database);
    // (75 − 1) · 0.95 = 70.3
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ revenue_share: '35.15' });
    expect(await storeDeals(database, [agreementOf('acme', [until('2026-10-16'), richer])], NOW)).toEqual({
      ...{ changed: ['acme'], unchanged: [], withoutFile: [] },
    });
    await settle(database);
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ revenue_share: '52.725' });
    await close('acme', '2026-09');
    await close('acme', '2026-10');
    const store = (plans: Parameters<typeof agreementOf>[1], more = {}): Promise<unknown> =>
      storeDeals(database, [agreementOf('acme', plans, more)], NOW);
    await expect(store([SHARE])).rejects.toThrow(
      'acme: its plan or NGR would change in 2026-10, which is closed',
    );
    await expect(store([until('2026-10-16'), richer], { currency: 'USD' })).rejects.toThrow(
      'currency does not change',
    );
    const [version] = NGR.versions;
    await expect(
      storeDeals(database, [{ ...NGR, versions: [{ ...version!, tax: '0.2' }] }], NOW),
    ).rejects.toThrow('would change in 2026-09');
    // To end what is in force behind the last closed month changes nothing that is closed
    await store([until('2026-10-16'), { ...richer, to: '2026-11-01' }, { ...SHARE, from: '2026-11-01' }]);
    await settle(database);
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ revenue_share: '52.725' });
    expect(await storeDeals(database, [NGR], NOW)).toEqual({
      ...{ changed: [], unchanged: ['royal/net'] },
      withoutFile: ['acme'],
    });
  });

  it('follow a click that comes late to another agreement', async () => {
    await storeDeals(
      database,
      [NGR, agreementOf('acme', [SHARE], { covers: [{ source: 'acme' }] }), agreementOf('bolt', [SHARE])],
      NOW,
    );
    await tell(database, [
      player('p1', '2026-10-02', { traffic_source: 'acme' }),
      registration('p1', 'c1', '2026-10-02'),
      session('s1', 'p1', ['100', '0'], '2026-10-04'),
      session('s2', 'p1', ['100', '0'], '2026-11-04'),
    ]);
    await settle(database);
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ revenue_share: '17.575' });
    await close('acme', '2026-10');
    await tell(database, [click('c1', '2026-10-01', { link: 'bolt-7' })]);
    expect(await settle(database)).toMatchObject({ contested: 1, months: 4 });
    expect(await amounts(database, 'acme', '2026-10')).toEqual({});
    expect(await amounts(database, 'bolt', '2026-10')).toEqual({ revenue_share: '17.575' });
    expect(await amounts(database, 'bolt', '2026-11')).toEqual({ revenue_share: '17.575' });
    const statement = await readStatement(database, 'acme', '2026-11', NOW);
    expect(statement!.lines).toMatchObject([{ of_period: '2026-10', exact: '-17.575', amount: '-17.58' }]);
    expect(await readPlayer(database, 'acme', '2026-10', 'p1', true)).toMatchObject({
      ...{ matched_by: 'source', closed: { number: 1 }, adjustments: [], reckoned_again: true },
      commissions: [{ kind: 'revenue_share', amount: '17.575' }],
      facts: [{ kind: 'game_session', id: 's1' }],
      since: {
        ...{ covered: false, waits: false, changes: { added: [], amended: [], gone: [{ id: 's1' }] } },
        lines: [{ paid: '17.575', today: '0', difference: '-17.575' }],
        booked: [{ booked_in: '2026-11', number: null, amount: '-17.575' }],
      },
    });
    expect(await readPlayer(database, 'acme', '2026-11', 'p1')).toMatchObject({
      ...{ matched_by: null, closed: null, commissions: [], since: null },
      adjustments: [
        {
          lines: [{ before: '17.575', after: '0', difference: '-17.575' }],
          changes: { gone: [{ id: 's1' }] },
        },
      ],
    });
  });

  it('show a player of a closed month who came to it late, and what later statements have made of it', async () => {
    await storeDeals(database, [NGR, agreementOf('acme', [SHARE])], NOW);
    const arrived = (p: string) => [
      click(`c ${p}`, '2026-10-01', { link: 'acme-1' }),
      registration(p, `c ${p}`, '2026-10-02'),
    ];
    await tell(database, [...arrived('p1'), session('s1', 'p1', ['100', '0'], '2026-10-04')]);
    await settle(database);
    await close('acme', '2026-10');
    await tell(database, [...arrived('p2'), session('s2', 'p2', ['100', '0'], '2026-10-04')]);
    await settle(database);
    await close('acme', '2026-11');
    await tell(database, [session('s2', 'p2', ['200', '0'], '2026-10-04', { told: '2026-12-01' })]);
    await settle(database);
    expect(await readPlayer(database, 'acme', '2026-10', 'p2', true)).toMatchObject({
      ...{ months: [], commissions: [], facts: [], reckoned_again: null },
      since: {
        ...{ covered: true, changes: { added: [{ id: 's2', amount: '200' }] } },
        lines: [{ paid: '0', today: '35.15' }],
        booked: [
          { booked_in: '2026-11', number: 2, amount: '17.575' },
          { booked_in: '2026-12', number: null, amount: '17.575' },
        ],
      },
    });
    const adjusted = async (period: string) =>
      (await readPlayer(database, 'acme', period, 'p2'))!.adjustments[0]!;
    expect(await adjusted('2026-11')).toMatchObject({
      lines: [{ before: '0', after: '17.575' }],
      changes: { added: [{ id: 's2', amount: '100' }], amended: [] },
    });
    expect(await adjusted('2026-12')).toMatchObject({
      lines: [{ before: '17.575', after: '35.15' }],
      changes: { added: [], amended: [{ before: { amount: '100' }, after: { amount: '200' } }] },
    });
    expect(await readPlayer(database, 'acme', '2026-10', 'p3')).toBeUndefined();
  });

  it('move a first deposit, and its CPA, to an earlier month', async () => {
    await storeDeals(database, [NGR, DEALS.find((d) => 'agreement' in d && d.agreement === 'core')!], NOW);
    await tell(database, [
      click('c1', '2026-09-01', { link: 'core-1' }),
      registration('p1', 'c1', '2026-09-02'),
      transaction('t2', 'p1', '30', '2026-10-03'),
    ]);
    await settle(database);
    expect(await amounts(database, 'core', '2026-10')).toEqual({ cpa: '30' });
    await tell(database, [transaction('t1', 'p1', '30', '2026-09-20')]);
    await settle(database);
    expect(await amounts(database, 'core', '2026-10')).toEqual({});
    expect(await amounts(database, 'core', '2026-09')).toEqual({ cpa: '30' });
    await tell(database, [
      transaction('t1', 'p1', '30', '2026-09-20', { status: 'Fail', told: '2026-10-20' }),
    ]);
    await settle(database);
    expect(await amounts(database, 'core', '2026-10')).toEqual({ cpa: '30' });
  });

  it('count nothing for who is blocked, self-excluded or a duplicate', async () => {
    await storeDeals(database, DEALS, NOW);
    const facts = ['p1', 'p2', 'p3'].flatMap((p, i) => [
      click(`c${i}`, '2026-10-01', { link: 'core-1' }),
      registration(p, `c${i}`, '2026-10-02'),
      player(p, `2026-10-02 1${i}:00`),
      transaction(`t${i}`, p, '30', '2026-10-03'),
    ]);
    await tell(database, facts);
    await settle(database);
    expect(await amounts(database, 'core', '2026-10')).toEqual({ cpa: '90' });
    await tell(database, [
      player('p1', '2026-10-02 10:00', { told: '2026-10-09', self_excluded: true }),
      contact('p3', '2026-10-09', { email: 'Anna@players.test' }),
    ]);
    await settle(database);
    expect(await amounts(database, 'core', '2026-10')).toEqual({ cpa: '60' });
    await tell(database, [contact('p2', '2026-10-10', { email: 'anna@Players.test' })]);
    await settle(database);
    expect(await amounts(database, 'core', '2026-10')).toEqual({ cpa: '30' });
    expect(await readPlayer(database, 'core', '2026-10', 'p3')).toMatchObject({ exclusions: ['duplicate'] });
    // Who was thought to be the earlier one registered later
    await tell(database, [player('p2', '2026-10-02 18:00', { told: '2026-10-11' })]);
    await settle(database);
    expect(await readPlayer(database, 'core', '2026-10', 'p2')).toMatchObject({ exclusions: ['duplicate'] });
    expect(await readPlayer(database, 'core', '2026-10', 'p3')).toMatchObject({ exclusions: [] });
    await tell(database, [
      player('p3', '2026-10-02 12:00', { told: '2026-10-12', is_blocked: true }),
      contact('p2', '2026-10-10', { told: '2026-10-12', email: 'bo@players.test' }),
    ]);
    await settle(database);
    expect(await amounts(database, 'core', '2026-10')).toEqual({ cpa: '30' });
    expect(await readPlayer(database, 'core', '2026-10', 'p2')).toMatchObject({ exclusions: [] });
  });

  it('pay an install of a click, once, whoever it turns out to be', async () => {
    await storeDeals(database, DEALS, NOW);
    await tell(database, [install('c1', '2026-10-01'), click('c1', '2026-10-01 11:00', { link: 'dune' })]);
    await settle(database);
    expect(await amounts(database, 'dune', '2026-10')).toEqual({ cpa: '2.5' });
    await tell(database, [registration('p1', 'c1', '2026-11-02')]);
    await settle(database);
    expect(await amounts(database, 'dune', '2026-10')).toEqual({ cpa: '2.5' });
    const subjects = await database.pool.query('SELECT subject FROM tributary.commissions');
    expect(subjects.rows).toEqual([{ subject: 'p1' }]);
  });

  it('see what was there before there was any agreement', async () => {
    await tell(database, [
      click('c1', '2026-10-01', { link: 'acme-1' }),
      registration('p1', 'c1', '2026-10-02'),
      session('s1', 'p1', ['100', '0'], '2026-10-04'),
    ]);
    const marks = await database.pool.query('SELECT FROM tributary.commission_marks');
    expect(marks.rows).toEqual([]);
    await storeDeals(database, [NGR, agreementOf('acme', [SHARE])], NOW);
    await settle(database);
    expect(await amounts(database, 'acme', '2026-10')).toEqual({ revenue_share: '17.575' });
  });

  it('carry what is below zero, and simulate without writing', async () => {
    await storeDeals(database, [NGR, agreementOf('acme', [SHARE])], NOW);
    await tell(database, [
      click('c1', '2026-10-01', { link: 'acme-1' }),
      registration('p1', 'c1', '2026-10-02'),
      session('s1', 'p1', ['0', '100'], '2026-10-04'),
      session('s2', 'p1', ['300', '0'], '2026-12-04'),
    ]);
    await settle(database);
    expect(await amounts(database, 'acme', '2026-10')).toEqual({
      revenue_share: '-18.75',
      carry_out: '18.75',
    });
    expect(await amounts(database, 'acme', '2026-11')).toEqual({ carry_in: '-18.75', carry_out: '18.75' });
    expect(await amounts(database, 'acme', '2026-12')).toEqual({
      revenue_share: '52.725',
      carry_in: '-18.75',
    });
    await close('acme', '2026-12');
    await tell(database, [session('s3', 'p1', ['7', '0'], '2026-12-05')]);
    await settle(database);
    for (const period of ['2026-10', '2026-11', '2026-12', '2027-01']) {
      const present = await readStatement(database, 'acme', period, NOW);
      const deal = { agreement: agreementOf('acme', [SHARE]), ngrs: [NGR] };
      const simulated = await simulate(database, deal, period, NOW);
      expect(simulated.lines).toEqual(present!.lines);
      if (present!.status === 'open')
        expect({ ...simulated, manifest: 0 }).toEqual({ ...present, manifest: 0 });
    }
    const forgiving = { ...SHARE, revenue_share: { ...SHARE.revenue_share, carry_over: false } };
    const other = await simulate(
      ...[database, { agreement: agreementOf('acme', [forgiving]), ngrs: [NGR] }, '2026-11', NOW],
    );
    expect(other.lines).toEqual([]);
  });

  it('are right again when conversions that were lost are rebuilt', async () => {
    await storeDeals(database, DEALS, NOW);
    await tell(database, [
      click('c1', '2026-10-01', { link: 'core-1' }),
      registration('p1', 'c1', '2026-10-02'),
      transaction('t1', 'p1', '30', '2026-10-03'),
    ]);
    await settle(database);
    const expected = await commissionDump(database);
    await database.pool.query('DELETE FROM tributary.conversions');
    await settle(database);
    expect(await amounts(database, 'core', '2026-10')).toEqual({});
    await rebuild(database, { publish: async () => [] } as never, () => {});
    await settle(database);
    expect(await commissionDump(database)).toEqual(expected);
    // Rows that come out as they were mark nobody
    await rebuild(database, { publish: async () => [] } as never, () => {});
    expect(await settle(database)).toMatchObject({ subjects: 0 });
  });
});
