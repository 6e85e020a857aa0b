/** Purely functional utilities over {@code byte[]}: numbers, patterns and texts as Redis reads and writes them. */
package dev.respql.value;
