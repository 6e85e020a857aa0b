// Connects to a server with go-redis, in RESP2 and RESP3: clientsmoke HOST PORT. One line PASS or FAIL each.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

var ctx = context.Background()

type smoke struct {
	client *redis.Client
	prefix string
	port   string
}

func (s *smoke) key(name string) string { return s.prefix + name }

func everyByte() []byte {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return all
}

func (s *smoke) ping() error {
	reply, err := s.client.Ping(ctx).Result()
	return expect(err, reply, "PONG")
}

func (s *smoke) binary() error {
	key := s.key(string(everyByte()))
	for _, value := range [][]byte{everyByte(), bytes.Repeat(everyByte(), 4096)} {
		if err := s.client.Set(ctx, key, value, 0).Err(); err != nil {
			return err
		}
		got, err := s.client.Get(ctx, key).Bytes()
		if err != nil {
			return err
		}
		if !bytes.Equal(got, value) {
			return fmt.Errorf("%d bytes came back as %d other bytes", len(value), len(got))
		}
	}
	if _, err := s.client.Get(ctx, s.key("absent")).Result(); !errors.Is(err, redis.Nil) {
		return fmt.Errorf("an absent key gives %v", err)
	}
	return nil
}

func (s *smoke) pipeline() error {
	pipe := s.client.Pipeline()
	for i := range 1000 {
		pipe.Set(ctx, s.key(fmt.Sprint("p:", i)), i, 0)
	}
	incr := pipe.Incr(ctx, s.key("p:7"))
	wrong := pipe.Do(ctx, "INCR", s.key("p:7"), "surplus")
	gets := make([]*redis.StringCmd, 1000)
	for i := range gets {
		gets[i] = pipe.Get(ctx, s.key(fmt.Sprint("p:", i)))
	}
	if _, err := pipe.Exec(ctx); err == nil || err != wrong.Err() {
		return fmt.Errorf("one command is wrong, but the first error is %v", err)
	}
	if incr.Val() != 8 {
		return fmt.Errorf("INCR gives %d", incr.Val())
	}
	for i, get := range gets {
		want := i
		if i == 7 {
			want = 8
		}
		if err := expect(get.Err(), get.Val(), strconv.Itoa(want)); err != nil {
			return err
		}
	}
	return nil
}

func (s *smoke) expiry() error {
	key := s.key("e")
	if err := s.client.Set(ctx, key, "v", time.Minute).Err(); err != nil {
		return err
	}
	left, err := s.client.PTTL(ctx, key).Result()
	if err != nil || left <= 0 || left > time.Minute {
		return fmt.Errorf("PTTL gives %v, %v", left, err)
	}
	if done, err := s.client.PExpire(ctx, key, 50*time.Millisecond).Result(); !done {
		return fmt.Errorf("PEXPIRE gives false, %v", err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		count, err := s.client.Exists(ctx, key).Result()
		if err != nil || count == 0 {
			return err
		}
		if time.Now().After(deadline) {
			return errors.New("a key with 50 ms to live was there after 10 s")
		}
	}
}

func (s *smoke) scan() error {
	pairs := make([]any, 0, 1000)
	missing := map[string]bool{}
	for i := range 500 {
		key := s.key(fmt.Sprint("s:", i))
		pairs = append(pairs, key, "v")
		missing[key] = true
	}
	if err := s.client.MSet(ctx, pairs...).Err(); err != nil {
		return err
	}
	iterator := s.client.Scan(ctx, 0, s.key("s:*"), 50).Iterator()
	for iterator.Next(ctx) {
		delete(missing, iterator.Val())
	}
	if len(missing) > 0 {
		return fmt.Errorf("%d of 500 keys were not returned", len(missing))
	}
	return iterator.Err()
}

func (s *smoke) info() error {
	text, err := s.client.Info(ctx).Result()
	if err != nil {
		return err
	}
	for _, part := range []string{"redis_version:", "tcp_port:" + s.port + "\r\n", "\r\ndb0:keys="} {
		if !strings.Contains(text, part) {
			return fmt.Errorf("INFO lacks %q", part)
		}
	}
	return nil
}

func (s *smoke) config() error {
	found, err := s.client.ConfigGet(ctx, "maxmemory*").Result()
	if err != nil {
		return err
	}
	if found["maxmemory"] == "" || found["maxmemory-policy"] == "" {
		return fmt.Errorf("CONFIG GET maxmemory* gives %v", found)
	}
	return nil
}

func (s *smoke) clientInfo() error {
	server, err := s.client.InfoMap(ctx, "server").Result()
	if err != nil {
		return err
	}
	var major, minor int
	fmt.Sscanf(server["Server"]["redis_version"], "%d.%d", &major, &minor)
	conn := s.client.Conn()
	defer conn.Close()
	if err := conn.ClientSetName(ctx, "smoke").Err(); err != nil {
		return err
	}
	me, err := conn.ClientInfo(ctx).Result()
	if err != nil {
		return err
	}
	// CLIENT SETINFO, which go-redis sends on its own, came with 7.2.
	if major > 7 || major == 7 && minor >= 2 {
		if !strings.HasPrefix(me.LibName, "go-redis") || me.LibVer != redis.Version() {
			return fmt.Errorf("CLIENT INFO has lib-name=%q lib-ver=%q", me.LibName, me.LibVer)
		}
	}
	return expect(nil, me.Name, "smoke")
}

func (s *smoke) errors() error {
	key := s.key("text")
	if err := s.client.Set(ctx, key, "text", 0).Err(); err != nil {
		return err
	}
	wanted := []struct {
		err  error
		text string
	}{
		{s.client.Incr(ctx, key).Err(), "ERR value is not an integer or out of range"},
		{s.client.Do(ctx, "NOSUCH", "x").Err(), "ERR unknown command 'NOSUCH', with args beginning with: 'x' "},
		{s.client.Do(ctx, "GET").Err(), "ERR wrong number of arguments for 'get' command"},
	}
	for _, w := range wanted {
		var reply redis.Error
		if !errors.As(w.err, &reply) || reply.Error() != w.text {
			return fmt.Errorf("got %v, want %q", w.err, w.text)
		}
	}
	reply, err := s.client.Get(ctx, key).Result()
	return expect(err, reply, "text")
}

func (s *smoke) concurrency() error {
	key := s.key("count")
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			for range 50 {
				s.client.Incr(ctx, key)
			}
		})
	}
	group.Wait()
	reply, err := s.client.Get(ctx, key).Result()
	return expect(err, reply, "1000")
}

func (s *smoke) cleanUp() error {
	iterator := s.client.Scan(ctx, 0, s.prefix+"*", 1000).Iterator()
	for iterator.Next(ctx) {
		if err := s.client.Unlink(ctx, iterator.Val()).Err(); err != nil {
			return err
		}
	}
	return iterator.Err()
}

func expect(err error, got, want string) error {
	if err == nil && got != want {
		err = fmt.Errorf("got %q, want %q", got, want)
	}
	return err
}

func main() {
	host, port := os.Args[1], os.Args[2]
	status := 0
	for _, protocol := range []int{2, 3} {
		s := smoke{
			client: redis.NewClient(&redis.Options{Addr: host + ":" + port, Protocol: protocol}),
			prefix: fmt.Sprintf("smoke:go:%d:%d:", os.Getpid(), time.Now().UnixNano()),
			port:   port,
		}
		checks := []struct {
			name string
			run  func() error
		}{
			{"ping", s.ping}, {"binary", s.binary}, {"pipeline", s.pipeline}, {"expiry", s.expiry}, {"scan", s.scan},
			{"info", s.info}, {"config", s.config}, {"client info", s.clientInfo}, {"errors", s.errors},
			{"concurrency", s.concurrency},
		}
		failed := 0
		for _, check := range checks {
			if err := check.run(); err != nil {
				fmt.Printf("    %s: %v\n", check.name, err)
				failed++
			}
		}
		if err := s.cleanUp(); err != nil {
			fmt.Printf("    clean-up: %v\n", err)
			failed++
		}
		s.client.Close()
		name := fmt.Sprintf("go-redis %s, RESP%d", redis.Version(), protocol)
		if failed > 0 {
			fmt.Printf("FAIL %s: %d problems in %d checks\n", name, failed, len(checks))
			status = 1
		} else {
			fmt.Printf("PASS %s: %d checks\n", name, len(checks))
		}
	}
	os.Exit(status)
}
