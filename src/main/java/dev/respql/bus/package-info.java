/**
 * What the nodes on one PostgreSQL tell each other: who is there, what each wants to hear ({@link dev.respql.bus.Interests}),
 * and messages, sent after a commit with NOTIFY and only to nodes that are interested. A node that is alone sends nothing.
 */
package dev.respql.bus;
