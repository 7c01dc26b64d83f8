//! The way into compiled code and out of it, in assembly: x86-64 with the System V convention.
//!
//! Compiled code runs on a stack of its own. [`enter`] leaves the host's stack pointer in the
//! context and switches; a return, or [`leave`] from any depth, switches back, and the frames
//! on the other stack are simply forgotten. They are frames of compiled code alone: what is Rust
//! runs on the host's stack, to which [`call_out`] switches for the while. So no Rust frame is
//! ever skipped, and how deep a host's own calls go is no concern of the other stack's size.

use std::arch::naked_asm;

use super::context::{Context, offset};

/// Calls `code(frame, gas, room)` on the stack that ends at `stack`, with `context` in the pinned
/// register. Gives the gas that remains.
///
/// # Safety
/// `code` is the entry of a compiled function, `frame` has its arguments and room for its
/// results, `stack` is aligned to 16 and has below it as much as the code can use.
#[allow(unsafe_code)]
#[unsafe(naked)]
pub(super) unsafe extern "C" fn enter(
    code: *const u8,
    context: *mut Context<'_, '_>,
    frame: *mut u64,
    gas: u64,
    room: u64,
    stack: *mut u8,
) -> u64 {
    naked_asm!(
        // Seven words with the return address: with one more the stack is aligned.
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "mov r15, rsi",
        "mov [r15 + {host_stack}], rsp",
        "mov rsp, r9",
        "mov rax, rdi",
        "mov rdi, rdx",
        "mov rsi, rcx",
        "mov rdx, r8",
        "call rax",
        "mov rsp, [r15 + {host_stack}]",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
        host_stack = const offset::HOST_STACK,
    )
}

/// Leaves compiled code for good: `leave(site, gas)` makes [`enter`] return `gas`.
///
/// # Safety
/// Called by compiled code alone, with its context in the pinned register.
#[allow(unsafe_code)]
#[unsafe(naked)]
pub(super) unsafe extern "C" fn leave() {
    naked_asm!(
        "mov [r15 + {site}], rdi",
        "mov rax, rsi",
        "mov rsp, [r15 + {host_stack}]",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
        site = const offset::SITE,
        host_stack = const offset::HOST_STACK,
    )
}

/// Calls the context's routine with the caller's first three arguments, an operation, its registers and
/// the gas, on the host's stack. Where the run goes on, what gas remains is in the context, and every
/// register of the caller is as it was, so that the code around a rare operation is as if there
/// were none; values of compiled code lie in general registers alone. Where it does not go on, it is
/// left at the site that is the fourth argument, with the gas that there was.
///
/// # Safety
/// Called by compiled code alone, with its context in the pinned register.
#[allow(unsafe_code)]
#[unsafe(naked)]
pub(super) unsafe extern "C" fn call_out() {
    naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "push rax",
        "push rcx",
        "push rdx",
        "push rsi",
        "push rdi",
        "push r8",
        "push r9",
        "push r10",
        "push r11",
        // Aligned since `enter`; what the host keeps there lies above.
        "mov rsp, [r15 + {host_stack}]",
        "mov rcx, r15",
        "call [r15 + {perform}]",
        "test rdx, rdx",
        "jz 2f",
        "mov [r15 + {gas}], rax",
        // Below the nine words that were put there.
        "lea rsp, [rbp - 72]",
        "pop r11",
        "pop r10",
        "pop r9",
        "pop r8",
        "pop rdi",
        "pop rsi",
        "pop rdx",
        "pop rcx",
        "pop rax",
        "pop rbp",
        "ret",
        "2:",
        // The site and the gas, as they came.
        "mov rdi, [rbp - 16]",
        "mov rsi, [rbp - 24]",
        "jmp {leave}",
        host_stack = const offset::HOST_STACK,
        perform = const offset::PERFORM,
        gas = const offset::GAS,
        leave = sym leave,
    )
}
