import fc from 'fast-check';
import { decoded } from '#test/decoded';
import { anyCuts, inChunks } from '#test/json-texts';
import { compileDecoder } from './decoder.js';

const PATH = 'response.conversions.conversion';
const xml = (path?: string) => compileDecoder({ type: 'xml' }, path === undefined ? {} : { path });

const BODY = `<?xml version="1.0"?>
<!DOCTYPE response>
<response xmlns:p="urn:p" status="ok">
  <page>1</page><!-- <conversion/> -->
  <conversions>
    <conversion id="7" p:kind="x"><amount currency="USD">1.50</amount><sub>a</sub><sub>b &amp; c</sub></conversion>
    <p:conversion>no record</p:conversion>
    <conversion><note><![CDATA[<b>]]>!</note><p:empty/><mixed>one <b>two</b> three</mixed></conversion>
    <conversion>bare</conversion>
  </conversions>
  <page>2</page>
</response>
`;
const RECORDS = [
  { '@id': '7', '@p:kind': 'x', amount: { '@currency': 'USD', '#text': '1.50' }, sub: ['a', 'b & c'] },
  { note: '<b>!', 'p:empty': '', mixed: { b: 'two', '#text': 'one  three' } },
  'bare',
];
const ENVELOPE = {
  response: {
    '@xmlns:p': 'urn:p',
    '@status': 'ok',
    page: ['1', '2'],
    conversions: { 'p:conversion': 'no record' },
  },
};

describe('the XML decoder', () => {
  it('makes records of the elements at the path, and leaves the rest, however the body is cut', async () => {
    expect(await decoded(xml(PATH), BODY)).toMatchObject({ records: RECORDS, envelope: ENVELOPE });
    await fc.assert(
      fc.asyncProperty(anyCuts, async (cuts) => {
        const result = await decoded(xml(PATH), inChunks(Buffer.from(BODY), cuts));
        expect(result).toMatchObject({ records: RECORDS, envelope: ENVELOPE });
      }),
    );
  });

  it('finds no records where their element is empty, and one where the path is', async () => {
    const empty = '<response><conversions/></response>';
    expect(await decoded(xml(PATH), empty)).toMatchObject({
      records: [],
      envelope: { response: { conversions: '' } },
    });
    expect((await decoded(xml(), empty)).records).toEqual([{ response: { conversions: '' } }]);
    expect((await decoded(xml('response'), empty)).records).toEqual([{ conversions: '' }]);
  });

  it('says that the element of the records is missing, and what is there instead', async () => {
    await expect(decoded(xml(PATH), '<response><error>17</error></response>')).rejects.toMatchObject({
      message: expect.stringContaining(
        'it has no response.conversions, where the records should be',
      ) as unknown,
      envelope: { response: { error: '17' } },
    });
    await expect(decoded(xml('rows'), '<fault/>')).rejects.toThrow('it has no rows');
  });

  it.each([
    [BODY.slice(0, 300), 'it ends too early, in line 8 after 300 characters'],
    ['', 'it ends too early'],
    ['{"error":"Jane"}', 'it goes wrong in line 1, near character 1; it looks like a JSON document'],
    ['<response>\n<a></b></response>', 'it goes wrong in line 2'],
    ['<response>&jane;</response>', 'it goes wrong in line 1'],
    ['<response>&toString;</response>', 'it goes wrong in line 1'],
    ['<response hasOwnProperty="1" a="2"/>', 'it goes wrong in line 1'],
    ['<response/><response/>', 'it goes wrong in line 1'],
    ['<a>'.repeat(600), 'it nests deeper than 512 levels'],
  ])('%j is refused', async (body, message) => {
    const error = await decoded(xml(PATH), body).then(
      () => fail(),
      (caught: Error) => caught,
    );
    expect(error.message).toContain(`the body cannot be read as XML: ${message}`);
    expect(error.message).not.toContain('Jane');
  });

  it('expands no entity that the document declares', async () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join(
      '',
    );
    const bomb = `<!DOCTYPE r [<!ENTITY l0 "lol">${laughs}]><r>&l9;</r>`;
    const file = '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><r>&f;</r>';
    for (const body of [bomb, file])
      await expect(decoded(xml(), body)).rejects.toThrow('it goes wrong in line 1');
  });

  it('takes an element named __proto__ for an element', async () => {
    const body = '<r><__proto__ __proto__="1" a="2"><admin>1</admin></__proto__></r>';
    const [record] = (await decoded(xml('r'), body)).records;
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
    expect(Object.keys(record!)).toEqual(['__proto__']);
  });

  it('reads in the charset that the document declares', async () => {
    const body = Buffer.from(
      '<?xml version="1.0" encoding="ISO-8859-1"?><r><name>Jürgen</name></r>',
      'latin1',
    );
    expect((await decoded(xml('r'), body)).records).toEqual([{ name: 'Jürgen' }]);
  });

  it.each(['a[0].b', 'a.*'])('has no path as %s', (path) => {
    expect(() => xml(path)).toThrow('with neither index nor *');
  });
});
