/**
 * A demo that is broken on purpose, to see what the watch says and what its remedies save. Read
 * {@link freshet.jobs.demo.sabotage.Sabotage} for what can be broken, {@link
 * freshet.jobs.demo.sabotage.Saboteur} for who does it, {@link freshet.jobs.demo.sabotage.Timeline}
 * for what is seen of it.
 */
package freshet.jobs.demo.sabotage;
