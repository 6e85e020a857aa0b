/**
 * respql compared with a real redis-server.
 *
 * <ul>
 * <li>{@link dev.respql.oracle.OracleTest}: random histories of commands, to the byte, and all data in the end; its
 *     doc says how to run it for longer, and how to run one history again.
 * <li>{@link dev.respql.oracle.ProtocolOracleTest}: requests that are not well-formed.
 * <li>{@link dev.respql.oracle.CommandInfoOracleTest}: what COMMAND says of each command.
 * <li>{@link dev.respql.oracle.OracleSelfTest}: the comparison itself.
 * </ul>
 *
 * <p>A history is made by {@link dev.respql.oracle.History} of the {@link dev.respql.oracle.Form}s of each
 * {@link dev.respql.oracle.CommandGrammar}, which are put together of {@link dev.respql.oracle.Part}s; the words come
 * from {@link dev.respql.oracle.Words}. {@link dev.respql.oracle.Replay} sends it to both servers, in pieces and over
 * several connections, and compares by the {@link dev.respql.oracle.ReplyRule} of each form;
 * {@link dev.respql.oracle.Shrinker} makes what differs short. A new family of commands is one class and one line in
 * {@link dev.respql.oracle.CommandGrammar#ALL}; a difference on purpose is one entry in
 * {@link dev.respql.oracle.KnownDifferences} and one in docs/compatibility.md.
 */
package dev.respql.oracle;
