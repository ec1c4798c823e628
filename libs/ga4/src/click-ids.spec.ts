import { ga4Row, CLICK, type RowOptions } from '#test/ga4-rows';
import { CLICK_ID_NAMES, type ClickIds } from './click-ids.js';
import { readRow, type ReadRow } from './read-row.js';
import { Visit } from './visit.js';

const idsOf = (options: RowOptions): ClickIds =>
  new Visit(readRow(ga4Row('page_view', options)) as ReadRow).clickIds;
const atPage = (query: string): RowOptions => ({ params: { page_location: `https://a.test/${query}` } });

it.each(CLICK_ID_NAMES)('finds %s in a URL, in any case of its name, and in the parameters', (name) => {
  expect(idsOf(atPage(`?x=1&${name.toUpperCase()}=AbC-1`)).ads).toEqual({ [name]: 'AbC-1' });
  expect(idsOf(atPage(`#/route?${name}=AbC-1`)).ads).toEqual({ [name]: 'AbC-1' });
  expect(idsOf({ params: { [name]: 'AbC-1' } }).ads).toEqual({ [name]: 'AbC-1' });
});

it.each(['gclid', 'dclid', 'srsltid'])('takes %s from its column before all others', (name) => {
  const columns = { collected_traffic_source: { [name]: 'column' } };
  const params = { [name]: 'param', page_location: `https://a.test/?${name}=page` };
  expect(idsOf({ params, columns }).ads).toEqual({ [name]: 'column' });
  expect(idsOf({ params }).ads).toEqual({ [name]: 'param' });
});

it('takes an id of the page before that of its referrer, which says nothing of how the page was come to', () => {
  const referrer = 'https://a.test/before?gclid=old&fbclid=f';
  const ids = idsOf({ params: { page_location: 'https://a.test/?gclid=new', page_referrer: referrer } });
  expect(ids.ads).toEqual({ gclid: 'new', fbclid: 'f' });
  expect(ids.landing).toEqual({ gclid: 'new' });
  expect(idsOf({ params: { page_referrer: referrer } }).landing).toBeUndefined();
});

it('matches names whole', () => {
  const ids = idsOf(atPage('?xgclid=1&gclid_x=2&id=3&mygclsrc=4#?nogclid=5'));
  expect(ids.ads).toBeUndefined();
});

it('decodes percents and leaves + alone', () => {
  expect(idsOf(atPage('?gclid=a%2Bb+c%3D')).ads).toEqual({ gclid: 'a+b+c=' });
});

it.each(['(not set)', '', 'null'])('finds no id in %j of the column', (value) => {
  const ids = idsOf({ columns: { collected_traffic_source: value === 'null' ? value : { gclid: value } } });
  expect(ids.ads).toBeUndefined();
});

describe('a click of ours', () => {
  it.each(['click_id', 'clickid', 'subid', 'btag'])('is a UUID in %s', (name) => {
    const ids = idsOf(atPage(`?${name}=${CLICK.toUpperCase()}&gclid=g`));
    expect(ids).toEqual({ own: CLICK, ads: { gclid: 'g' }, landing: { gclid: 'g' } });
  });

  it('is none where the id is no UUID, or is that of a network', () => {
    expect(idsOf(atPage('?click_id=a_123&btag=77'))).toMatchObject({
      own: undefined,
      ads: { click_id: 'a_123', btag: '77' },
    });
    expect(idsOf(atPage(`?gclid=${CLICK}`)).own).toBeUndefined();
  });
});
