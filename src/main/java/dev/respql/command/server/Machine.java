package dev.respql.command.server;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What the operating system knows of this process. Figures that it does not give are 0. */
final class Machine {
    private static final double TICKS_PER_SECOND = 100;
    private static final int PAGE_BYTES = 4096;

    private Machine() {
    }

    /** Seconds of processor time, in the process itself and in the kernel for it. */
    record ProcessorTime(double user, double system) {
    }

    static ProcessorTime processorTime() {
        String[] fields = fieldsOf("/proc/self/stat");
        if (fields.length > 14) {
            return new ProcessorTime(Long.parseLong(fields[13]) / TICKS_PER_SECOND,
                    Long.parseLong(fields[14]) / TICKS_PER_SECOND);
        }
        return new ProcessorTime(system().getProcessCpuTime() / 1e9, 0);
    }

    /** Bytes of the process in main memory. */
    static long residentBytes() {
        String[] fields = fieldsOf("/proc/self/statm");
        return fields.length > 1 ? Long.parseLong(fields[1]) * PAGE_BYTES : 0;
    }

    /** Bytes of main memory of the machine. */
    static long totalBytes() {
        return system().getTotalMemorySize();
    }

    /** Name, version and architecture, as {@code uname} gives them. */
    static String operatingSystem() {
        String architecture = System.getProperty("os.arch");
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + (architecture.equals("amd64") ? "x86_64" : architecture);
    }

    /** A number of bytes for people, as in {@code 1.50M}. */
    static String human(long bytes) {
        if (bytes < 1024) {
            return bytes + "B";
        }
        double size = bytes;
        int unit = -1;
        while (size >= 1024 && unit < 4) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.2f%c", size, "KMGTP".charAt(unit));
    }

    private static OperatingSystemMXBean system() {
        return (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    }

    /** The fields of a line under /proc, the process's name (which may hold blanks) as one; empty where there is none. */
    private static String[] fieldsOf(String path) {
        try {
            return Files.readString(Path.of(path)).replaceFirst("\\(.*\\)", "name").trim().split(" ");
        } catch (IOException | SecurityException e) {
            return new String[0];
        }
    }
}
