// The CRC-32C of two pieces put together, from the checksums of the pieces: what was summed once is not summed again.
//
// A checksum is a remainder of polynomials over GF(2). Appending n bytes multiplies the first remainder by x^(8n), modulo the CRC's
// polynomial; powers of x are composed from x^(2^k), which are computed once. After Mark Adler's crc32_combine of zlib.

/** The Castagnoli polynomial, bits reflected. Here numbers are signed 32-bit integers, which are faster to calculate with. */
const POLYNOMIAL = 0x82f63b78 | 0;
/** x^0 and x^1 in reflected bits. */
const ONE = 0x80000000 | 0;
const X = 0x40000000;

/** a · b modulo the polynomial. */
function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let left = a; left !== 0; left <<= 1) {
    // A mask of ones when the bit is set, without a branch that is taken as often as not.
    product ^= shifted & (left >> 31);
    shifted = (shifted >>> 1) ^ (POLYNOMIAL & -(shifted & 1));
  }
  return product;
}

/** x^(2^k) for k from 0 to 31. */
const POWERS: readonly number[] = (() => {
  const powers = [X];
  for (let power = X; powers.length < 32; ) {
    power = multiply(power, power);
    powers.push(power);
  }
  return powers;
})();

/** x^(8 · count) modulo the polynomial. */
function powerOfBytes(count: number): number {
  let power = ONE;
  for (let left = count, k = 3; left > 0; left >>>= 1, k++) {
    if ((left & 1) !== 0) power = multiply(POWERS[k & 31] as number, power);
  }
  return power;
}

/** The checksum of `first` followed by `secondBytes` bytes (below 2^32) whose own checksum is `second`. About a microsecond. */
export function crc32cCombine(first: number, second: number, secondBytes: number): number {
  return (multiply(powerOfBytes(secondBytes), first) ^ second) >>> 0;
}
