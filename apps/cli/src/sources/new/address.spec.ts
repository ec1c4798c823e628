import { readAddress, sourceNameOf, streamNameOf } from './address.js';

describe('a URL of a partner', () => {
  it('tells what its parameters are, and keeps no credential', () => {
    const url =
      'https://api.acme.example/v2/rows?dateFrom=2026-01-01&dateTo=2026-01-02&page_no=1&per_page=50&token=hunter2&is_x=1';
    expect(readAddress(url)).toEqual({
      url: 'https://api.acme.example/v2/rows',
      params: { is_x: '1' },
      window: { from: 'dateFrom', to: 'dateTo', time: { format: 'yyyy-MM-dd', hasZone: false } },
      credential: 'token',
      page: 'page_no',
      size: { name: 'per_page', value: '50' },
    });
  });

  it.each([
    ['from', 'to'],
    ['start_date', 'end_date'],
    ['fromdate', 'todate'],
    ['STARTDATE', 'ENDDATE'],
    ['datefrom', 'dateto'],
    ['startTime', 'endtime'],
  ])('has a window from %s to %s', (from, to) => {
    const { window, params } = readAddress(`https://a.example/x?${from}=2026-01-01&${to}=2026-01-02&day=1`);
    expect([window?.from, window?.to, params]).toEqual([from, to, { day: '1' }]);
  });

  it('may have a parameter several times, as for both ends of a window', () => {
    const url =
      'https://a.example/json?f[at][op]=BETWEEN&f[at][v][]=2026-01-01+00:00:00&f[at][v][]=2026-01-02+00:00:00&s[]=a&s[]=b&s[]=c';
    expect(readAddress(url)).toEqual({
      url: 'https://a.example/json',
      params: { 'f[at][op]': 'BETWEEN', 's[]': ['a', 'b', 'c'] },
      window: {
        from: 'f[at][v][]',
        to: 'f[at][v][]',
        time: { format: 'yyyy-MM-dd HH:mm:ss', hasZone: false },
      },
    });
  });

  it.each([
    ['https://wall.besitos.ai/data', 'besitos'],
    ['https://api.acme.co.uk/x', 'acme'],
    ['http://localhost:80/x', undefined],
    ['http://127.0.0.1/x', undefined],
    ['no url', undefined],
  ])('%s is of %s', (url, name) => {
    expect(sourceNameOf(url)).toBe(name);
  });

  it.each([
    ['https://a.example/v1/payouts?from=x/y', 'payouts'],
    ['https://a.example/admin/orders.json', 'orders'],
    ['https://a.example/publishers/12/transactions/', 'transactions'],
    ['https://a.example/api/v1', undefined],
    ['${env.URL}/users', 'users'],
  ])('%s has %s', (url, name) => {
    expect(streamNameOf(url)).toBe(name);
  });
});
