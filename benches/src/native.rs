//! The kernels in Rust with overflow checks: the physical limit.

use std::hint::black_box;

pub(crate) fn mix(n: u64, mask: u64, mul: u64, add: u64, lim: u64) -> u64 {
    let (mut x, mut acc) = (1u64, 0u64);
    for _ in 0..n {
        x = x * mul + add;
        x = (x ^ (x >> 13)) & mask;
        acc += x;
        if acc > lim {
            acc -= lim;
        }
    }
    acc
}

pub(crate) fn fib(n: u64) -> u64 {
    if n < 2 { n } else { fib(black_box(n - 1)) + fib(n - 2) }
}

pub(crate) fn sieve(n: u64) -> u64 {
    let mut prime = vec![1u8; n as usize];
    let (mut count, mut i) = (0u64, 2u64);
    while i < n {
        if prime[i as usize] != 0 {
            count += 1;
            let mut j = i * i;
            while j < n {
                prime[j as usize] = 0;
                j += i;
            }
        }
        i += 1;
    }
    count
}

pub(crate) fn matmul(n: u64) -> u64 {
    let all = (n * n) as usize;
    let a: Vec<u64> = (0..n * n).map(|e| (7 * e + 3) % 1000).collect();
    let b: Vec<u64> = (0..n * n).map(|e| (13 * e + 5) % 1000).collect();
    let mut c = vec![0u64; all];
    for i in 0..n {
        for j in 0..n {
            let mut sum = 0u64;
            for k in 0..n {
                sum += a[(i * n + k) as usize] * b[(k * n + j) as usize];
            }
            c[(i * n + j) as usize] = sum;
        }
    }
    let mut sum = 0u64;
    for (e, value) in (1u64..).zip(&c) {
        sum += value * e;
    }
    sum
}
