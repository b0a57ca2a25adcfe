/**
 * The live page. {@link freshet.jobs.page.LivePage} puts it together: {@link
 * freshet.jobs.page.PageReader} reads topics as an ordinary consumer into {@link
 * freshet.jobs.page.PageState}, one {@link freshet.jobs.page.Section} for each part of the page;
 * {@link freshet.jobs.page.PageServer} hands these to browsers, as they change, and takes orders.
 * {@link freshet.jobs.page.Foresight} says beside it what robots were expected to see. The page
 * itself (HTML, CSS, JavaScript) lies as it is under {@code resources/freshet/jobs/page}.
 *
 * <p>Everything kept here is bounded, and the bound is said beside it: a page may stay open for
 * weeks.
 */
package freshet.jobs.page;
