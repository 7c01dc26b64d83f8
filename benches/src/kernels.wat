;; The kernels in WebAssembly. It has no arithmetic that checks for overflow, so these do less
;; than the others.
(module
  (memory 32)
  (func (export "mix") (param $n i64) (param $mask i64) (param $mul i64) (param $add i64)
    (param $lim i64) (result i64) (local $x i64) (local $acc i64) (local $i i64)
    (local.set $x (i64.const 1))
    (block $done
      (br_if $done (i64.eqz (local.get $n)))
      (loop $turn
        (local.set $x (i64.add (i64.mul (local.get $x) (local.get $mul)) (local.get $add)))
        (local.set $x (i64.and
          (i64.xor (local.get $x) (i64.shr_u (local.get $x) (i64.const 13))) (local.get $mask)))
        (local.set $acc (i64.add (local.get $acc) (local.get $x)))
        (if (i64.gt_u (local.get $acc) (local.get $lim))
          (then (local.set $acc (i64.sub (local.get $acc) (local.get $lim)))))
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (br_if $turn (i64.lt_u (local.get $i) (local.get $n)))))
    (local.get $acc))
  (func $fib (export "fib") (param $n i64) (result i64)
    (if (result i64) (i64.lt_u (local.get $n) (i64.const 2))
      (then (local.get $n))
      (else (i64.add (call $fib (i64.sub (local.get $n) (i64.const 1)))
                     (call $fib (i64.sub (local.get $n) (i64.const 2)))))))
  (func (export "sieve") (param $n i64) (result i64) (local $count i64) (local $i i64) (local $j i64)
    (memory.fill (i32.const 0) (i32.const 1) (i32.wrap_i64 (local.get $n)))
    (local.set $i (i64.const 2))
    (block $done
      (loop $turn
        (br_if $done (i64.ge_u (local.get $i) (local.get $n)))
        (if (i32.load8_u (i32.wrap_i64 (local.get $i)))
          (then
            (local.set $count (i64.add (local.get $count) (i64.const 1)))
            (local.set $j (i64.mul (local.get $i) (local.get $i)))
            (block $out
              (loop $mark
                (br_if $out (i64.ge_u (local.get $j) (local.get $n)))
                (i32.store8 (i32.wrap_i64 (local.get $j)) (i32.const 0))
                (local.set $j (i64.add (local.get $j) (local.get $i)))
                (br $mark)))))
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (br $turn)))
    (local.get $count))
  (func (export "matmul") (param $n i64) (result i64)
    (local $e i64) (local $i i64) (local $j i64) (local $k i64) (local $sum i64) (local $all i64)
    (local.set $all (i64.mul (local.get $n) (local.get $n)))
    (block $done
      (loop $fill
        (br_if $done (i64.ge_u (local.get $e) (local.get $all)))
        (i64.store (i32.wrap_i64 (i64.shl (local.get $e) (i64.const 3)))
          (i64.rem_u (i64.add (i64.mul (local.get $e) (i64.const 7)) (i64.const 3)) (i64.const 1000)))
        (i64.store offset=262144 (i32.wrap_i64 (i64.shl (local.get $e) (i64.const 3)))
          (i64.rem_u (i64.add (i64.mul (local.get $e) (i64.const 13)) (i64.const 5)) (i64.const 1000)))
        (local.set $e (i64.add (local.get $e) (i64.const 1)))
        (br $fill)))
    (block $rows
      (loop $row
        (br_if $rows (i64.ge_u (local.get $i) (local.get $n)))
        (local.set $j (i64.const 0))
        (block $columns
          (loop $column
            (br_if $columns (i64.ge_u (local.get $j) (local.get $n)))
            (local.set $k (i64.const 0))
            (local.set $sum (i64.const 0))
            (block $terms
              (loop $term
                (br_if $terms (i64.ge_u (local.get $k) (local.get $n)))
                (local.set $sum (i64.add (local.get $sum) (i64.mul
                  (i64.load (i32.wrap_i64 (i64.shl (i64.add
                    (i64.mul (local.get $i) (local.get $n)) (local.get $k)) (i64.const 3))))
                  (i64.load offset=262144 (i32.wrap_i64 (i64.shl (i64.add
                    (i64.mul (local.get $k) (local.get $n)) (local.get $j)) (i64.const 3)))))))
                (local.set $k (i64.add (local.get $k) (i64.const 1)))
                (br $term)))
            (i64.store offset=524288 (i32.wrap_i64 (i64.shl (i64.add
              (i64.mul (local.get $i) (local.get $n)) (local.get $j)) (i64.const 3)))
              (local.get $sum))
            (local.set $j (i64.add (local.get $j) (i64.const 1)))
            (br $column)))
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (br $row)))
    (local.set $sum (i64.const 0))
    (local.set $e (i64.const 0))
    (block $done
      (loop $add
        (br_if $done (i64.ge_u (local.get $e) (local.get $all)))
        (local.set $sum (i64.add (local.get $sum) (i64.mul
          (i64.load offset=524288 (i32.wrap_i64 (i64.shl (local.get $e) (i64.const 3))))
          (i64.add (local.get $e) (i64.const 1)))))
        (local.set $e (i64.add (local.get $e) (i64.const 1)))
        (br $add)))
    (local.get $sum)))
