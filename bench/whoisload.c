/* whoisload: closed-loop load on a port-43 server, one question a connection.
 *
 *   whoisload ADDRESS PORT CONNECTIONS SECONDS QUESTIONS BEGINNING SEED
 *
 * Each connection sends one random line of the file QUESTIONS, reads to the end and
 * begins again; after SECONDS the ones in hand are finished. An answer that doesn't
 * start with BEGINNING is counted as wrong. The same SEED draws the same lines.
 * Prints one JSON object; latencies are microseconds from connect to the end of the answer.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LONGEST_US 2000000u /* latencies above are counted as this */
#define GRACE_US 2000000u   /* for the answers in hand at the end */
#define SOURCES 64u         /* source addresses, so that ports don't run out */
#define BEGINNING_MAX 64u

struct question {
    char *text;
    size_t length;
};

struct visit {
    int fd;
    int asked;
    uint64_t began;
    uint64_t received;
    char beginning[BEGINNING_MAX];
};

static struct question *questions;
static size_t question_count;
static struct sockaddr_in server;
static const char *expected;
static size_t expected_length;
static int poller;
static unsigned active, source;
static uint64_t answers, bytes, errors, wrong;
static uint32_t latencies[LONGEST_US + 1];

static uint64_t now_us(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (uint64_t)at.tv_sec * 1000000u + (uint64_t)at.tv_nsec / 1000u;
}

static uint64_t state = 0x9e3779b97f4a7c15u; /* what is drawn next */

static size_t draw(size_t below)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (size_t)((state * 0x2545f4914f6cdd1du) >> 32) % below;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void read_questions(const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0, capacity = 0;
    ssize_t length;
    if (!file)
        die(path);
    while ((length = getline(&line, &room, file)) > 0) {
        line[strcspn(line, "\r\n")] = 0;
        if (question_count == capacity) {
            capacity = capacity ? 2 * capacity : 1024;
            questions = realloc(questions, capacity * sizeof *questions);
            if (!questions)
                die("realloc");
        }
        struct question *next = &questions[question_count++];
        int written = asprintf(&next->text, "%s\r\n", line);
        if (written < 0)
            die("asprintf");
        next->length = (size_t)written;
    }
    free(line);
    fclose(file);
    if (!question_count) {
        fprintf(stderr, "%s: no questions\n", path);
        exit(1);
    }
}

static void begin(struct visit *visit)
{
    int on = 1;
    struct sockaddr_in from = {.sin_family = AF_INET};
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = visit};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + source++ % SOURCES);
    visit->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (visit->fd < 0)
        die("socket");
    setsockopt(visit->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(visit->fd, (struct sockaddr *)&from, sizeof from) < 0)
        die("bind");
    visit->asked = 0;
    visit->received = 0;
    visit->began = now_us();
    if (connect(visit->fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS)
        die("connect");
    if (epoll_ctl(poller, EPOLL_CTL_ADD, visit->fd, &event) < 0)
        die("epoll_ctl");
    active++;
}

static void finish(struct visit *visit, int failed)
{
    if (failed) {
        errors++;
    } else if (visit->received < expected_length ||
               memcmp(visit->beginning, expected, expected_length) != 0) {
        wrong++;
    } else {
        uint64_t took = now_us() - visit->began;
        answers++;
        bytes += visit->received;
        latencies[took < LONGEST_US ? took : LONGEST_US]++;
    }
    close(visit->fd);
    active--;
}

/* Send the question; give nonzero when the visit has failed. */
static int ask(struct visit *visit)
{
    const struct question *question = &questions[draw(question_count)];
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = visit};
    ssize_t sent = send(visit->fd, question->text, question->length, MSG_NOSIGNAL);
    visit->asked = 1;
    return sent != (ssize_t)question->length ||
           epoll_ctl(poller, EPOLL_CTL_MOD, visit->fd, &event) < 0;
}

/* Read what is there; give 1 at the end of the answer, 0 before it, -1 on failure. */
static int take(struct visit *visit)
{
    static char buffer[65536];
    for (;;) {
        ssize_t length = recv(visit->fd, buffer, sizeof buffer, 0);
        if (length == 0)
            return 1;
        if (length < 0)
            return errno == EAGAIN ? 0 : -1;
        if (visit->received < BEGINNING_MAX) {
            size_t room = BEGINNING_MAX - (size_t)visit->received;
            size_t part = (size_t)length < room ? (size_t)length : room;
            memcpy(visit->beginning + visit->received, buffer, part);
        }
        visit->received += (uint64_t)length;
    }
}

static unsigned percentile(double share)
{
    uint64_t wanted = (uint64_t)((double)answers * share), seen = 0;
    for (unsigned us = 0; us <= LONGEST_US; us++) {
        seen += latencies[us];
        if (seen > wanted)
            return us;
    }
    return LONGEST_US;
}

static void print_result(double seconds)
{
    printf("{\"answers\": %llu, \"seconds\": %.6f, \"bytes\": %llu, \"errors\": %llu, "
           "\"wrong\": %llu, \"p50_us\": %u, \"p99_us\": %u}\n",
           (unsigned long long)answers, seconds, (unsigned long long)bytes,
           (unsigned long long)errors, (unsigned long long)wrong, percentile(0.5),
           percentile(0.99));
}

int main(int count, char **arguments)
{
    struct epoll_event events[256];
    if (count != 8) {
        fprintf(stderr, "usage: whoisload ADDRESS PORT CONNECTIONS SECONDS QUESTIONS"
                        " BEGINNING SEED\n");
        return 2;
    }
    unsigned connections = (unsigned)atoi(arguments[3]);
    server.sin_family = AF_INET;
    server.sin_port = htons((uint16_t)atoi(arguments[2]));
    if (inet_pton(AF_INET, arguments[1], &server.sin_addr) != 1)
        die(arguments[1]);
    read_questions(arguments[5]);
    expected = arguments[6];
    state ^= strtoull(arguments[7], NULL, 10) * 0xbf58476d1ce4e5b9u;
    expected_length = strnlen(expected, BEGINNING_MAX);
    struct visit *visits = calloc(connections, sizeof *visits);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (!visits || poller < 0)
        die("setting up");
    uint64_t start = now_us();
    uint64_t end = start + (uint64_t)(atof(arguments[4]) * 1e6);
    for (unsigned each = 0; each < connections; each++)
        begin(&visits[each]);
    uint64_t at = start;
    while (active && at < end + GRACE_US) {
        int ready = epoll_wait(poller, events, 256, 100);
        for (int each = 0; each < ready; each++) {
            struct visit *visit = events[each].data.ptr;
            int state = visit->asked ? take(visit) : -ask(visit);
            if (state == 0)
                continue;
            finish(visit, state < 0);
            if (now_us() < end)
                begin(visit);
        }
        at = now_us();
    }
    errors += active; /* never finished */
    print_result((double)(now_us() - start) / 1e6);
    return 0;
}
