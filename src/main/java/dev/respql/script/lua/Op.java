package dev.respql.script.lua;

/**
 * Instructions of the virtual machine, much as Lua 5.1's: registers hold locals and temporaries. An instruction is a
 * long: 8 bits operation, 16 bits A, 20 bits B, 20 bits C; D is a 32-bit number in the place of B and C. An operand
 * marked RK is a register or, from {@link #CONSTANT} on, a constant.
 */
final class Op {
    static final int MOVE = 0;          // R[A] = R[B]
    static final int LOADK = 1;         // R[A] = K[D]
    static final int LOADNIL = 2;       // R[A] .. R[B] = nil
    static final int LOADBOOL = 3;      // R[A] = B != 0; skip the next instruction if C != 0
    static final int GETUPVAL = 4;      // R[A] = U[B]
    static final int SETUPVAL = 5;      // U[B] = R[A]
    static final int GETGLOBAL = 6;     // R[A] = globals[K[D]]
    static final int SETGLOBAL = 7;     // globals[K[D]] = R[A]
    static final int GETTABLE = 8;      // R[A] = R[B][RK(C)]
    static final int SETTABLE = 9;      // R[A][RK(B)] = RK(C)
    static final int NEWTABLE = 10;     // R[A] = {}, with room for B list items and C others
    static final int SELF = 11;         // R[A + 1] = R[B]; R[A] = R[B][RK(C)]
    static final int ADD = 12;          // R[A] = RK(B) + RK(C), and so on
    static final int SUB = 13;
    static final int MUL = 14;
    static final int DIV = 15;
    static final int MOD = 16;
    static final int POW = 17;
    static final int UNM = 18;          // R[A] = -R[B]
    static final int NOT = 19;
    static final int LEN = 20;
    static final int CONCAT = 21;       // R[A] = R[B] .. … .. R[C]
    static final int JMP = 22;          // go to D
    static final int EQ = 23;           // skip the next instruction unless (RK(B) == RK(C)) == (A != 0), and so on
    static final int LT = 24;
    static final int LE = 25;
    static final int JMPIF = 26;        // go to D if R[A]
    static final int JMPNOT = 27;       // go to D unless R[A]
    static final int CALL = 28;         // R[A] … = R[A](R[A + 1] …); B - 1 arguments, C - 1 results; 0: up to the top
    static final int TAILCALL = 29;     // return R[A](R[A + 1] …); B - 1 arguments
    static final int RETURN = 30;       // return R[A] …; B - 1 values
    static final int FORPREP = 31;      // R[A] -= R[A + 2]; go to D
    static final int FORLOOP = 32;      // R[A] += R[A + 2]; if that is in the range of R[A + 1]: R[A + 3] = R[A], go to D
    static final int TFORLOOP = 33;     // R[A + 3] … = R[A](R[A + 1], R[A + 2]), C results; if not nil: R[A + 2] = R[A + 3], else skip
    static final int SETLIST = 34;      // R[A][C + i] = R[A + i], 1 <= i <= B; B = 0: up to the top
    static final int CLOSE = 35;        // close the upvalues from R[A] on
    static final int CLOSURE = 36;      // R[A] = closure of function D
    static final int VARARG = 37;       // R[A] … = ..., B - 1 values; 0: all

    static final int CONSTANT = 1 << 19;
    private static final long MASK20 = 0xFFFFF;

    private Op() {
    }

    static long abc(int op, int a, int b, int c) {
        return op | (long) a << 8 | (long) b << 24 | (long) c << 44;
    }

    static long ad(int op, int a, int d) {
        return op | (long) a << 8 | (d & 0xFFFFFFFFL) << 24;
    }

    static int op(long instruction) {
        return (int) instruction & 0xFF;
    }

    static int a(long instruction) {
        return (int) (instruction >>> 8) & 0xFFFF;
    }

    static int b(long instruction) {
        return (int) (instruction >>> 24 & MASK20);
    }

    static int c(long instruction) {
        return (int) (instruction >>> 44);
    }

    static int d(long instruction) {
        return (int) (instruction >>> 24);
    }
}
