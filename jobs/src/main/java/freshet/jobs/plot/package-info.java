/** Curves as a picture file and as characters; knows nothing of what they mean. */
package freshet.jobs.plot;
