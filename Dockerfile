# syntax=docker/dockerfile:1

FROM maven:3-eclipse-temurin-17 AS build
WORKDIR /build
COPY pom.xml .
COPY db/migration db/migration
COPY src/main src/main
# Maven's downloads are kept between builds, outside of the image.
RUN --mount=type=cache,target=/root/.m2 mvn -q -B -Dmaven.test.skip=true package

FROM eclipse-temurin:17-jre
RUN groupadd --system --gid 6377 respql \
    && useradd --system --uid 6377 --gid respql --no-create-home --home-dir /data --shell /usr/sbin/nologin respql \
    && install --directory --owner=respql --group=respql --mode=0700 /data
COPY LICENSE /opt/respql/
COPY bin/respql bin/docker-healthcheck /opt/respql/bin/
COPY --from=build /build/target/respql.jar /opt/respql/target/respql.jar

USER respql
WORKDIR /data
VOLUME /data
EXPOSE 6377
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/opt/respql/bin/docker-healthcheck"]
# RESPQL_REQUIREPASS (the password that clients must give) and RESPQL_URL (a PostgreSQL instead of SQLite under /data)
# come from the environment.
# --host 0.0.0.0 only here: a container has a network of its own, in which loopback cannot be reached from outside. Who
# may reach the port is decided by what `docker run -p` or docker-compose.yml publishes, and by the password.
ENTRYPOINT ["/opt/respql/bin/respql", "--host", "0.0.0.0", "--dir", "/data"]
