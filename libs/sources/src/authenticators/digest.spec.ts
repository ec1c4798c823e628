import { digestOf } from './digest.js';

const bytes = (byte: number, count: number) => new Uint8Array(count).fill(byte);

describe('a digest', () => {
  it.each([
    // RFC 1321, A.5; RFC 3174, 7.3; FIPS 180-2, B.1
    ['md5', 'message digest', '', 'f96b697d7cb7938d525a2f31aaf161d0'],
    ['sha1', 'abc', '', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['sha256', 'abc', '', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    // RFC 2202, 2 and 3
    ['hmac_md5', 'Hi There', bytes(0x0b, 16), '9294727a3638bb1c13f48ef8158bfc9d'],
    ['hmac_md5', 'what do ya want for nothing?', 'Jefe', '750c783e6ab0b503eaa86e310a5db738'],
    ['hmac_sha1', 'Hi There', bytes(0x0b, 20), 'b617318655057264e28bc0b6fb378c8ef146be00'],
    ['hmac_sha1', bytes(0xdd, 50), bytes(0xaa, 20), '125d7342b9ac11cd91a39af48aa17b4f63f175d3'],
    // RFC 4231, 4.2 and 4.3
    [
      'hmac_sha256',
      'Hi There',
      bytes(0x0b, 20),
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      'hmac_sha256',
      'what do ya want for nothing?',
      'Jefe',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      'hmac_sha512',
      'what do ya want for nothing?',
      'Jefe',
      '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
    ],
  ] as const)('%s of %s is the published one', (algorithm, text, key, expected) => {
    expect(digestOf(algorithm, text, key, 'hex')).toBe(expected);
    expect(digestOf(algorithm, text, key, 'hex_upper')).toBe(expected.toUpperCase());
  });

  it('is written as JSON Web Signatures write it (RFC 7515, A.1)', () => {
    const input =
      'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.' +
      'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
    const key = Buffer.from(
      'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
      'base64url',
    );
    expect(digestOf('hmac_sha256', input, key, 'base64url')).toBe(
      'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    );
  });
});
